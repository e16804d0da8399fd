import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import type { Encoder, EncoderInfo } from '../embedding/encoder.ts';
import { errorCode, UserError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { build, passageOfVector, type TakeOver, textOfVector } from './build.ts';
import { HnswIndex } from './hnsw.ts';
import { type Home, type IndexStore, inspectIn, type OpenedIndex, type OpenOptions, openIn, serverId } from './index-store.ts';
import { LexicalIndex } from './lexical.ts';
import { fingerprint, formatManifest, INDEX_FILES, INDEX_FORMAT, MANIFEST_FILE, type Manifest, parseManifest, textKey } from './manifest.ts';
import { allPassages, textsOf } from './report-index.ts';
import { DamagedIndex, type KeptText, openTexts } from './texts.ts';
import { TextsFile, TextsWriter } from './texts-file.ts';

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
/** Where the stores of servers lie in the folder. */
const SERVERS = 'servers';

/**
 * Indexes in a folder, searched by hnswlib.
 *
 * ```
 * INDEX_DIR/
 *   .building-<random>/   being written; renamed when every file is on the disk
 *   <fingerprint>/        vectors.hnsw  texts.bin  texts.table  lexical.bin  manifest.json
 *   servers/<server>/     the same, of a server's own reports
 * ```
 *
 * Of two processes that build at once the first to rename wins; the other takes that.
 */
export class FolderStore implements IndexStore {
  readonly where: string;
  readonly #kept: number;
  readonly #parent: string | undefined;

  /**
   * @param folder made when it is needed
   * @param kept other indexes that stay beside the newest
   * @param parent folder whose texts are taken over too
   */
  constructor(folder: string, kept = KEPT, parent?: string) {
    this.where = folder;
    this.#kept = kept;
    this.#parent = parent;
  }

  async open(documents: readonly Document[], encoder: Encoder, options: OpenOptions = {}): Promise<OpenedIndex> {
    const opened = await openIn((reports) => this.#home(reports, encoder.info), documents, encoder, options);
    // Another process may tidy at the same time; what is left over, the next one removes. Where nothing may stay, one that was interrupted left something.
    if (opened.built || this.#kept === 0) await tidy(this.where, opened.where, this.#kept).catch(() => undefined);
    return opened;
  }

  inspect(documents: readonly Document[], model: EncoderInfo): Promise<string | undefined> {
    return inspectIn(this.#home(documents, model));
  }

  of(server: string): FolderStore {
    return new FolderStore(join(this.where, SERVERS, serverId(server)), 0, this.where);
  }

  async clear(): Promise<void> {
    for (const { path } of await foldersIn(this.where)) await rm(path, { recursive: true, force: true });
    // What else lies there stays.
    await rmdir(this.where).catch(() => undefined);
  }

  async close(): Promise<void> {
    // Files are closed when nothing refers to them any more.
  }

  #home(documents: readonly Document[], model: EncoderInfo): Home {
    const where = join(this.where, fingerprint(documents, model));
    return {
      where,
      read: () => read(where, documents, model),
      build: async (encoder, options) => {
        try {
          makeFolder(this.where);
          return await publish(this.where, where, documents, encoder, options, [this.where, ...(this.#parent === undefined ? [] : [this.#parent])]);
        } catch (error) {
          const code = errorCode(error);
          if (!code) throw error;
          throw new UserError(`The index can't be written to ${this.where} (${code}). Free space or make it writable, or set INDEX_DIR to another folder.`, 1, {
            cause: error,
          });
        }
      },
    };
  }
}

async function read(home: string, documents: readonly Document[], model: EncoderInfo): ReturnType<Home['read']> {
  if (!(await exists(home))) return undefined;
  const { manifest, lexical, vectors, texts } = await readFiles(home, model);
  const passages = allPassages(documents);
  const { texts: contents, translations } = textsOf(passages);
  if (texts.size !== contents.length || vectors.size !== manifest.vectorText.length) throw new DamagedIndex('its files do not belong together');
  const vectorPassage = passageOfVector(Uint32Array.from(manifest.vectorText), translations);
  const index = { documents, passages, vectors, vectorPassage, lexical: LexicalIndex.parse(lexical), texts, translations };
  return { index, builtAt: new Date(manifest.builtAt) };
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
    texts: await openTexts(await TextsFile.open(home), model.dimensions),
  };
}

/** A text as it was embedded: what is kept of it, and one unit vector for each of its windows, [windows × dimensions]. */
interface EmbeddedText extends KeptText {
  readonly vectors: Float32Array;
}

/** Finds the text with a {@link textKey}, if it has been embedded. */
type Embedded = (key: string) => Promise<EmbeddedText> | undefined;

/** The texts of the newest sound index of the same model, whatever reports it is of: of a changed report only what changed is embedded. */
async function embeddedIn(folder: string, model: EncoderInfo): Promise<Embedded> {
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
    return (key) => {
      const known = byKey.get(key);
      return known === undefined ? undefined : get(known);
    };
  }
  return () => undefined;
}

/** Hands to a writer what the newest indexes in these folders hold of a text: the first that has it. */
function takingOver(folders: readonly string[], model: EncoderInfo, writer: TextsWriter): TakeOver {
  const earlier: Promise<Embedded>[] = [];
  return async (text, content) => {
    for (const [i, folder] of folders.entries()) {
      // Read once, when the folders before it do not have all.
      earlier[i] ??= embeddedIn(folder, model);
      const found = await (await earlier[i])(textKey(content));
      if (!found) continue;
      await writer.add(text, found);
      return found.vectors;
    }
    return undefined;
  };
}

async function readManifest(home: string): Promise<Manifest> {
  try {
    return parseManifest(await readFile(join(home, MANIFEST_FILE), 'utf8'));
  } catch (error) {
    throw new Error(`${MANIFEST_FILE} can't be read`, { cause: error });
  }
}

/**
 * Builds beside, forces every file to the disk, and only then gives the folder its name; nothing is left of one with a translation that is none.
 *
 * @param earlier folders whose indexes hold texts that need not be embedded again
 */
async function publish(
  folder: string,
  home: string,
  documents: readonly Document[],
  encoder: Encoder,
  { force, onProgress }: OpenOptions,
  earlier: readonly string[],
) {
  const { info: model } = encoder;
  const beside = join(folder, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  await mkdir(beside);
  const writer = await TextsWriter.create(beside, textsOf(allPassages(documents)).texts.length);
  try {
    const built = await build(documents, encoder, writer, onProgress, force ? undefined : takingOver(earlier, model, writer));
    const { misaligned, embedded } = built;
    if (misaligned.size > 0) return { misaligned, embedded };
    await writer.finish();
    await (await HnswIndex.build(built.vectors, model.dimensions)).write(join(beside, INDEX_FILES.vectors));
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
      vectorText: [...textOfVector(built.vectors, model.dimensions)],
      files,
    };
    await writeDurably(join(beside, MANIFEST_FILE), formatManifest(manifest));
    await replace(beside, home, folder);
    return { misaligned, embedded };
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
async function tidy(folder: string, home: string, kept: number): Promise<void> {
  const others = (await foldersIn(folder)).filter(({ path }) => path !== home);
  const interrupted = others.filter(({ name, age }) => name.startsWith(UNFINISHED) && age > ABANDONED_AFTER);
  const damaged = others.filter(({ name }) => name.startsWith(DAMAGED));
  const indexes = others.filter(({ name }) => INDEX.test(name)).sort((a, b) => a.age - b.age);
  for (const { path } of [...indexes.slice(kept), ...interrupted, ...damaged]) await rm(path, { recursive: true, force: true });
}

/** What is ours in the index folder; nothing where there is no folder. `age`: milliseconds since it was last changed. */
async function foldersIn(folder: string): Promise<{ readonly path: string; readonly name: string; readonly age: number }[]> {
  const found: { path: string; name: string; age: number }[] = [];
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
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
