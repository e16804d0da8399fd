import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { makeFolder } from '../../folders.ts';
import { sha256Of } from '../parse.ts';
import { extract } from './extract.ts';
import { type Extracted, extractedSchema } from './extracted.ts';
import type { Format } from './format.ts';
import { type Unreadable, UnreadableFile } from './unreadable.ts';

/** Version of everything that decides what is extracted. Raise it with any change there. */
const EXTRACTION = 2;
/** Ours in the folder: finished, or being written. */
const OURS = /^[0-9a-f]{64}-(?:[a-z]+-)?\d+\.(?:txt|json|failed)(?:\.[0-9a-f]{12})?$/u;
/** What was not used for this long (milliseconds) is removed: other programs may share the folder. */
const KEPT_FOR = 30 * 86_400_000;

/**
 * The text of a file's bytes: the one kept from before, else extracted and kept. That there is none is kept as well: to find out may take a minute.
 *
 * ```
 * INDEX_DIR/extracted/
 *   <sha256 of the bytes>-<format>-<version>.txt      the text, for people to read too
 *   <sha256 of the bytes>-<format>-<version>.json     blocks, metadata, checksum of it all
 *   <sha256 of the bytes>-<format>-<version>.failed   in place of these: why there is no text
 * ```
 *
 * @param folder where it is kept; `undefined`: nowhere
 * @param retry whether what failed before is tried again
 * @throws UnreadableFile when there is none to be had
 */
export async function extractedText(format: Format, bytes: Uint8Array, folder: string | undefined, retry: boolean): Promise<Extracted> {
  const home = folder && join(folder, 'extracted');
  const file = home && join(home, `${sha256Of(bytes)}-${format}-${EXTRACTION}`);
  const kept = file ? await read(file).catch(() => (retry ? undefined : readFailure(file))) : undefined;
  const result = kept ?? (await extract(format, bytes).catch(unreadable));
  if (file && !kept) {
    // A disk that takes nothing is told of by the index; a text can be extracted again.
    await keep(home, file, result).catch(() => undefined);
    await tidy(home).catch(() => undefined);
  }
  if (result instanceof UnreadableFile) throw result;
  return result;
}

/** @throws whatever is no fault of the file, so that it is not kept */
function unreadable(error: unknown): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  throw error;
}

/** @throws when it is not there, or not as it was written */
async function read(file: string): Promise<Extracted> {
  const text = await readFile(`${file}.txt`, 'utf8');
  const { sha256, ...layout } = JSON.parse(await readFile(`${file}.json`, 'utf8')) as Omit<Extracted, 'text'> & { readonly sha256: string };
  if (checksum(text, layout) !== sha256) throw new Error('not as it was written');
  const extracted = v.parse(extractedSchema, { text, ...layout });
  const now = new Date();
  for (const ending of ['.txt', '.json']) await utimes(file + ending, now, now).catch(() => undefined);
  return extracted;
}

/** It is not marked as used: whatever it was, it is tried again when it is old. */
async function readFailure(file: string): Promise<UnreadableFile | undefined> {
  const failed = `${file}.failed`;
  try {
    if (await isOld(failed)) return undefined;
    return new UnreadableFile(JSON.parse(await readFile(failed, 'utf8')) as Unreadable);
  } catch {
    // Not there, or not as it was written.
    return undefined;
  }
}

async function keep(home: string, file: string, result: Extracted | UnreadableFile): Promise<void> {
  makeFolder(home);
  if (result instanceof UnreadableFile) return write(`${file}.failed`, JSON.stringify(result.reason));
  const { text, ...layout } = result;
  await write(`${file}.txt`, text);
  await write(`${file}.json`, JSON.stringify({ ...layout, sha256: checksum(text, layout) }));
}

async function write(file: string, data: string): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(beside, data);
    await rename(beside, file);
  } finally {
    await rm(beside, { force: true });
  }
}

function checksum(text: string, layout: Omit<Extracted, 'text'>): string {
  return sha256Of(JSON.stringify([text, layout]));
}

async function tidy(home: string): Promise<void> {
  for (const name of (await readdir(home)).filter((entry) => OURS.test(entry))) {
    if (await isOld(join(home, name))) await rm(join(home, name), { force: true });
  }
}

async function isOld(file: string): Promise<boolean> {
  return Date.now() - (await stat(file)).mtimeMs > KEPT_FOR;
}
