import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { makeFolder } from '../../folders.ts';
import { sha256Of } from '../parse.ts';
import { extract } from './extract.ts';
import { type Extracted, extractedSchema } from './extracted.ts';
import type { Format } from './format.ts';

/** Version of everything that decides what is extracted. Raise it with any change there. */
const EXTRACTION = 1;
/** Ours in the folder: finished, or being written. */
const OURS = /^[0-9a-f]{64}-\d+\.(?:txt|json)(?:\.[0-9a-f]{12})?$/u;
/** What was not used for this long (milliseconds) is removed: other programs may share the folder. */
const KEPT_FOR = 30 * 86_400_000;

/**
 * The text of a file's bytes: the one kept from before, else extracted and kept.
 *
 * ```
 * INDEX_DIR/extracted/
 *   <sha256 of the bytes>-<version>.txt    the text, for people to read too
 *   <sha256 of the bytes>-<version>.json   blocks, metadata, checksum of it all
 * ```
 *
 * @param folder where it is kept; `undefined`: nowhere
 * @throws UnreadableFile when there is none to be had
 */
export async function extractedText(format: Format, bytes: Uint8Array, folder: string | undefined): Promise<Extracted> {
  const home = folder && join(folder, 'extracted');
  const file = home && join(home, `${sha256Of(bytes)}-${EXTRACTION}`);
  const kept = file && (await read(file).catch(() => undefined));
  if (kept) return kept;
  const extracted = await extract(format, bytes);
  if (file) {
    // A disk that takes nothing is told of by the index; a text can be extracted again.
    await keep(home, file, extracted).catch(() => undefined);
    await tidy(home).catch(() => undefined);
  }
  return extracted;
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

async function keep(home: string, file: string, { text, ...layout }: Extracted): Promise<void> {
  makeFolder(home);
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
    const { mtimeMs } = await stat(join(home, name));
    if (Date.now() - mtimeMs > KEPT_FOR) await rm(join(home, name), { force: true });
  }
}
