import { access, constants, statfs } from 'node:fs/promises';
import { loadEncoder, openStore } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Document } from '../corpus/document.ts';
import { readReports } from '../corpus/read.ts';
import type { EncoderInfo } from '../embedding/encoder.ts';
import { describe, errorCode } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { inspectDatabase } from '../storage/database.ts';
import { paint } from './output.ts';

interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'problem';
  /** What was found and, unless all is well, what to do. */
  readonly text: string;
}

/** Megabytes that an index and a database should have left to them. */
const LEAST_FREE = 50;
/** Milliseconds that a running bot has to say how it does. */
const PATIENCE = 2_000;
const OLDEST_NODE = [20, 19] as const;
const MARK: Record<Finding['state'], string> = { ok: '✓', note: '·', problem: '✗' };

/**
 * `doctor`: looks at everything a start needs and says what to do about what is wrong.
 *
 * @returns exit code: 1 when there is a problem
 */
export async function doctor(): Promise<0 | 1> {
  const config = loadConfig();
  let problems = 0;
  const tell = ({ name, state, text }: Finding) => {
    if (state === 'problem') problems++;
    const colour = state === 'ok' ? paint.green : state === 'note' ? paint.dim : paint.red;
    process.stdout.write(`${colour(MARK[state])} ${name}: ${text}\n`);
  };
  tell(nodeVersion());
  const reports = await readReports(config.seedsFolder, config.indexFolder).catch((error: unknown) => {
    tell({ name: 'reports', state: 'problem', text: describe(error) });
    return undefined;
  });
  if (reports) tell({ name: 'reports', state: 'ok', text: `${reports.documents.length} in ${config.seedsFolder}` });
  for (const line of reports?.skipped ?? []) tell({ name: 'report', state: 'problem', text: line });
  for (const line of reports?.versions ?? []) tell({ name: 'report', state: 'note', text: line });
  const encoder = await loadEncoder(config).catch((error: unknown) => {
    tell({ name: 'model', state: 'problem', text: describe(error) });
    return undefined;
  });
  if (encoder) tell(modelFinding(encoder.info));
  if (encoder && reports) tell(await indexFinding(config, reports.documents, encoder.info));
  await encoder?.close();
  tell(await writable('index folder', config.indexFolder, 'INDEX_DIR'));
  if (config.data.url === undefined) tell(await writable('data folder', config.data.folder, 'DATA_DIR'));
  tell(databaseFinding(await inspectDatabase(config.data)));
  if (config.monitor) tell(await running(config.monitor));
  tell(await token(config.discord));
  return problems > 0 ? 1 : 0;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return enough
    ? { name: 'Node.js', state: 'ok', text: process.version }
    : { name: 'Node.js', state: 'problem', text: `${process.version} is too old; install ${OLDEST_NODE.join('.')} or newer` };
}

function modelFinding({ id, reader, dimensions, sha256 }: EncoderInfo): Finding {
  const name = reader ? `${id} with its reader` : `${id}, without a reader`;
  return { name: 'model', state: 'ok', text: `${name}, ${dimensions} dimensions, sha256 ${sha256.slice(0, 12)}…` };
}

async function indexFinding(config: Config, documents: readonly Document[], model: EncoderInfo): Promise<Finding> {
  const name = 'index';
  const store = await openStore(config);
  try {
    const problem = await store.inspect(documents, model);
    if (problem === undefined) return { name, state: 'ok', text: `sound, in ${store.where}` };
    return { name, state: 'note', text: `${problem} The next start builds it; or run: npm run index` };
  } catch (error) {
    return { name, state: 'problem', text: describe(error) };
  } finally {
    await store.close();
  }
}

async function writable(name: string, folder: string, variable: string): Promise<Finding> {
  try {
    makeFolder(folder);
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    if (free < LEAST_FREE) return { name, state: 'problem', text: `${folder} has ${free} MB left; free some, or set ${variable} to another folder` };
    return { name, state: 'ok', text: 'writable' };
  } catch (error) {
    return { name, state: 'problem', text: `${folder} can't be written (${errorCode(error) ?? describe(error)}); make it writable or set ${variable}` };
  }
}

function databaseFinding(problem: string | undefined): Finding {
  const name = 'database';
  return problem === undefined ? { name, state: 'ok', text: 'sound' } : { name, state: 'problem', text: problem };
}

/** Whether a bot runs here, and how it does. */
async function running({ host, port }: NonNullable<ReturnType<typeof loadConfig>['monitor']>): Promise<Finding> {
  const name = 'bot';
  try {
    const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`, { signal: AbortSignal.timeout(PATIENCE) });
    const text = (await response.text()).trim().replaceAll('\n', ', ').slice(0, 200);
    if (response.ok && text === 'ready') return { name, state: 'ok', text: 'running and ready' };
    if (response.status === 503) return { name, state: 'problem', text: `running, but ${text}` };
    return { name, state: 'problem', text: `something else answers on port ${port}; set MONITOR_PORT to a free port, or to 0` };
  } catch {
    return { name, state: 'note', text: `none is running here (nothing answers on port ${port})` };
  }
}

async function token(discord: ReturnType<typeof loadConfig>['discord']): Promise<Finding> {
  const name = 'Discord';
  if (discord.token === undefined)
    return { name, state: 'note', text: 'no DISCORD_TOKEN: the terminal works without; for the bot set it in .env (see .env.example)' };
  const { whoAmI } = await import('../discord/registration.ts');
  try {
    return { name, state: 'ok', text: `the token is that of ${await whoAmI(discord)}` };
  } catch (error) {
    return { name, state: 'problem', text: describe(error) };
  }
}
