import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import type { Encoder, EncoderInfo } from '../embedding/encoder.ts';
import { describe, errorCode, UserError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { type BuildProgress, type BuiltIndexes, build, type Embedded, passageOfVector } from './build.ts';
import { HnswIndex } from './hnsw.ts';
import { LexicalIndex } from './lexical.ts';
import { fingerprint, formatManifest, INDEX_FILES, INDEX_FORMAT, MANIFEST_FILE, type Manifest, parseManifest, textKey } from './manifest.ts';
import { allPassages, type BuiltIndex, textsOf } from './report-index.ts';
import { DamagedIndex, openTexts, TextsWriter } from './texts.ts';

/** A folder that is being written, or was when its process ended. */
const UNFINISHED = '.building-';
const DAMAGED = '.damaged-';
/** Name of an index: a fingerprint. Whatever has another name in the folder is somebody else's. */
const INDEX = /^[0-9a-f]{16}$/u;
/** An unfinished folder this old (milliseconds) belongs to nobody any more. */
const ABANDONED_AFTER = 3_600_000;
/** Other indexes (of other reports or another model) kept beside the one just built, so that going back to them builds nothing. */
const KEPT = 4;
/** What a rename fails with where something stands already, folder or file. */
const IN_THE_WAY = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR']);

export interface OpenOptions {
  /** Build even when a sound index is there. */
  readonly force?: boolean;
  readonly onProgress?: BuildProgress;
  /** Told in one line why an index that was there is not used. */
  readonly onNotice?: (line: string) => void;
}

export interface OpenedIndex {
  readonly index: BuiltIndex;
  /** Folder it is kept in. */
  readonly folder: string;
  readonly builtAt: Date;
  readonly built: boolean;
  /** Texts embedded for it now: those that no earlier index of the same model held; 0 where it was there. */
  readonly embedded: number;
}

/**
 * Opens the index of these reports, building it when there is none.
 *
 * ```
 * INDEX_DIR/
 *   .building-<random>/   being written; renamed when every file is on the disk
 *   <fingerprint>/        vectors.hnsw  texts.bin  texts.table  lexical.bin  manifest.json
 * ```
 *
 * A folder's name is the fingerprint of what it was built from (format, model, reports), so a stale index is simply one that is not
 * found, and nothing is ever changed in place. Of two processes that build at once the first to rename wins; the other takes that.
 *
 * A translation that turns out not to be one of its report is named and left out: English shown under an Arabic quote would be wrong.
 *
 * @throws UserError when the folder can't be written
 */
export async function openIndex(folder: string, documents: readonly Document[], encoder: Encoder, options: OpenOptions = {}): Promise<OpenedIndex> {
  const home = join(folder, fingerprint(documents, encoder.info));
  if (!options.force) {
    const found = await readSound(home, documents, encoder.info, options.onNotice);
    if (found) return found;
  }
  try {
    makeFolder(folder);
    const embedded = options.force ? undefined : await embeddedBefore(folder, encoder.info);
    const { misaligned, count } = await publish(folder, home, documents, encoder, options.onProgress, embedded);
    if (misaligned.size > 0) return await openIndex(folder, withoutMisaligned(documents, misaligned, options.onNotice), encoder, options);
    // Another process may tidy at the same time; what is left over, the next build removes.
    await tidy(folder, home).catch(() => undefined);
    // From its files, as every later start: what answers is what was written.
    return { ...(await read(home, documents, encoder.info)), built: true, embedded: count };
  } catch (error) {
    const code = errorCode(error);
    if (!code) throw error;
    throw new UserError(`The index can't be written to ${folder} (${code}). Free space or make it writable, or set INDEX_DIR to another folder.`, 1, {
      cause: error,
    });
  }
}

function withoutMisaligned(documents: readonly Document[], misaligned: BuiltIndexes['misaligned'], onNotice: OpenOptions['onNotice']): Document[] {
  return documents.map((document) => {
    const numbers = misaligned.get(document.id);
    if (!numbers) return document;
    const which = `${numbers
      .slice(0, 5)
      .map((number) => `¶${number}`)
      .join(', ')}${numbers.length > 5 ? ' …' : ''}`;
    onNotice?.(`The translation of ${document.id} is left out: its paragraphs do not translate those of the report (${which}). Align them one to one.`);
    return { ...document, translationSha256: undefined, passages: document.passages.map((passage) => ({ ...passage, translation: undefined })) };
  });
}

/** What is wrong with the index in a folder, or `undefined` when it is sound. For the doctor. */
export async function inspectIndex(folder: string, documents: readonly Document[], model: EncoderInfo): Promise<string | undefined> {
  const home = join(folder, fingerprint(documents, model));
  if (!(await exists(home))) return 'not built yet for these reports and this model.';
  let problem: string | undefined;
  await readSound(home, documents, model, (line) => (problem = line));
  return problem;
}

async function readSound(
  home: string,
  documents: readonly Document[],
  model: EncoderInfo,
  onNotice?: (line: string) => void,
): Promise<OpenedIndex | undefined> {
  if (!(await exists(home))) return undefined;
  try {
    return await read(home, documents, model);
  } catch (error) {
    onNotice?.(`The index in ${home} is damaged (${describe(error)}); it is built anew.`);
    return undefined;
  }
}

async function read(home: string, documents: readonly Document[], model: EncoderInfo): Promise<OpenedIndex> {
  const { manifest, lexical, vectors, texts } = await readFiles(home, model);
  const passages = allPassages(documents);
  const { texts: contents, translations } = textsOf(passages);
  if (texts.size !== contents.length || vectors.size !== manifest.vectorText.length) throw new DamagedIndex('its files do not belong together');
  const vectorPassage = passageOfVector(Uint32Array.from(manifest.vectorText), translations);
  const index = { documents, passages, vectors, vectorPassage, lexical: LexicalIndex.parse(lexical), texts, translations };
  return { index, folder: home, builtAt: new Date(manifest.builtAt), built: false, embedded: 0 };
}

/** What the files of an index hold, each as its checksum says. */
async function readFiles(home: string, model: EncoderInfo) {
  const manifest = await readManifest(home);
  const bytes = new Map<string, Buffer>();
  for (const name of Object.values(INDEX_FILES)) {
    const data = await readFile(join(home, name)).catch(() => {
      throw new DamagedIndex(`${name} is missing`);
    });
    const expected = manifest.files[name];
    if (data.length !== expected?.bytes || sha256Of(data) !== expected.sha256) throw new DamagedIndex(`${name} does not match its checksum`);
    bytes.set(name, data);
  }
  return {
    manifest,
    lexical: bytes.get(INDEX_FILES.lexical) ?? new Uint8Array(),
    vectors: await HnswIndex.read(join(home, INDEX_FILES.vectors), model.dimensions),
    texts: await openTexts(home, model.dimensions),
  };
}

/** The texts of the newest sound index of the same model, whatever reports it is of: of a changed report only what changed is embedded. */
async function embeddedBefore(folder: string, model: EncoderInfo): Promise<Embedded | undefined> {
  for (const { path } of (await foldersIn(folder)).filter(({ name }) => INDEX.test(name)).sort((a, b) => a.age - b.age)) {
    const files = await readFiles(path, model).catch(() => undefined);
    if (files?.manifest.model.sha256 !== model.sha256) continue;
    const { manifest, vectors, texts } = files;
    const byKey = new Map(manifest.texts.map((key, text) => [key, text]));
    const vectorsOf = manifest.texts.map((): number[] => []);
    for (const [vector, text] of manifest.vectorText.entries()) vectorsOf[text]?.push(vector);
    const get = async (text: number) => {
      const [states] = await texts.states([text]);
      const [memories = []] = await texts.memories([text]);
      if (!states) throw new DamagedIndex('a text is missing');
      const own = new Float32Array((vectorsOf[text]?.length ?? 0) * model.dimensions);
      for (const [row, vector] of (vectorsOf[text] ?? []).entries()) own.set(vectors.vector(vector), row * model.dimensions);
      return { states, memories, vectors: own };
    };
    return (content) => {
      const known = byKey.get(textKey(content));
      return known === undefined ? undefined : get(known);
    };
  }
  return undefined;
}

async function readManifest(home: string): Promise<Manifest> {
  try {
    return parseManifest(await readFile(join(home, MANIFEST_FILE), 'utf8'));
  } catch (error) {
    throw new Error(`${MANIFEST_FILE} can't be read`, { cause: error });
  }
}

/** Builds beside, forces every file to the disk, and only then gives the folder its name; nothing is left of one with a translation that is none. */
async function publish(folder: string, home: string, documents: readonly Document[], encoder: Encoder, onProgress?: BuildProgress, embedded?: Embedded) {
  const { info: model } = encoder;
  const beside = join(folder, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  await mkdir(beside);
  const writer = await TextsWriter.create(beside, textsOf(allPassages(documents)).texts.length);
  try {
    const built = await build(documents, encoder, writer, onProgress, embedded);
    const { misaligned, embedded: count } = built;
    if (misaligned.size > 0) return { misaligned, count };
    await writer.finish();
    await built.vectors.write(join(beside, INDEX_FILES.vectors));
    await writeDurably(join(beside, INDEX_FILES.lexical), built.lexical.bytes());
    const files: Manifest['files'] = {};
    for (const name of Object.values(INDEX_FILES)) {
      const data = await readFile(join(beside, name));
      files[name] = { bytes: data.length, sha256: sha256Of(data) };
    }
    const manifest: Manifest = {
      format: INDEX_FORMAT,
      builtAt: new Date().toISOString(),
      model: { id: model.id, sha256: model.sha256, dimensions: model.dimensions },
      documents: documents.map((d) => ({ id: d.id, sha256: d.sha256, passages: d.passages.length })),
      texts: built.texts.map(textKey),
      vectorText: [...built.vectorText],
      files,
    };
    await writeDurably(join(beside, MANIFEST_FILE), formatManifest(manifest));
    await replace(beside, home, folder);
    return { misaligned, count };
  } finally {
    await writer.abandon();
    await rm(beside, { recursive: true, force: true });
  }
}

/** A folder can't be renamed onto one with files in it, so what is there is moved away first; whoever finds it gone builds or retries. */
async function replace(beside: string, home: string, folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(beside, home);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (!IN_THE_WAY.has(code ?? '') || attempt >= 5) throw error;
      await rename(home, join(folder, `${DAMAGED}${randomBytes(6).toString('hex')}`)).catch(() => undefined);
    }
  }
}

/** Removes what nothing will open again: damaged indexes, folders of builds that were interrupted, all but the newest few of other indexes. */
async function tidy(folder: string, home: string): Promise<void> {
  const others = (await foldersIn(folder)).filter(({ path }) => path !== home);
  const interrupted = others.filter(({ name, age }) => name.startsWith(UNFINISHED) && age > ABANDONED_AFTER);
  const damaged = others.filter(({ name }) => name.startsWith(DAMAGED));
  const indexes = others.filter(({ name }) => INDEX.test(name)).sort((a, b) => a.age - b.age);
  for (const { path } of [...indexes.slice(KEPT), ...interrupted, ...damaged]) await rm(path, { recursive: true, force: true });
}

/** What is ours in the index folder. `age`: milliseconds since it was last changed. */
async function foldersIn(folder: string): Promise<{ readonly path: string; readonly name: string; readonly age: number }[]> {
  const found: { path: string; name: string; age: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!INDEX.test(name) && !name.startsWith(UNFINISHED) && !name.startsWith(DAMAGED)) continue;
    // Another process may tidy at the same time.
    const status = await stat(path).catch(() => undefined);
    if (status) found.push({ path, name, age: Date.now() - status.mtimeMs });
  }
  return found;
}

async function writeDurably(file: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
