import type { Document } from '../corpus/document.ts';
import type { Encoder, EncoderInfo } from '../embedding/encoder.ts';
import { describe, UserError } from '../errors.ts';
import type { BuildProgress, BuiltIndexes } from './build.ts';
import type { BuiltIndex } from './report-index.ts';

export interface OpenOptions {
  /** Build even when a sound index is there. */
  readonly force?: boolean;
  readonly onProgress?: BuildProgress;
  /** Told in one line why an index that was there is not used. */
  readonly onNotice?: (line: string) => void;
}

export interface OpenedIndex {
  readonly index: BuiltIndex;
  /** What it is kept in, for people: a folder, or the database. */
  readonly where: string;
  readonly builtAt: Date;
  readonly built: boolean;
  /** Texts embedded for it now: those that no earlier index of the same model held; 0 where it was there. */
  readonly embedded: number;
}

/**
 * Where indexes are kept. An index is known by the fingerprint of what it was built from (format, model, reports), so a stale one is simply one that
 * is not found, and nothing is ever changed in place.
 */
export interface IndexStore {
  /** What it keeps them in, for people. */
  readonly where: string;
  /**
   * Opens the index of these reports, building it when there is none.
   *
   * A translation that turns out not to be one of its report is named and left out: English shown under an Arabic quote would be wrong.
   *
   * @throws UserError when it can't be read or written
   */
  open(documents: readonly Document[], encoder: Encoder, options?: OpenOptions): Promise<OpenedIndex>;
  /** What is wrong with the index of these reports, or `undefined` when it is sound. For the doctor: it changes nothing. @throws UserError */
  inspect(documents: readonly Document[], model: EncoderInfo): Promise<string | undefined>;
  /**
   * The store of one server's own reports, apart from all others: it keeps the newest index only, as a report that was removed shall be gone. Texts that
   * this store has embedded already are taken over by it. It is closed with this one.
   *
   * @param server id of it: letters, digits, `-` and `_`
   */
  of(server: string): IndexStore;
  /** Removes every index kept here (not those of other servers). */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** The id of a server, which names its place in a store. @throws where it can't */
export function serverId(server: string): string {
  if (!/^[\w-]+$/u.test(server)) throw new Error(`"${server}" is no id of a server.`);
  return server;
}

/** What is wrong with an index that is not there. */
export const NOT_BUILT = 'not built yet for these reports and this model.';

/** Where the index of some reports has its place, in one store or another. */
export interface Home {
  /** For people. */
  readonly where: string;
  /** The index, checked; `undefined` where there is none. @throws whatever says that it is damaged, or UserError when it can't be got at */
  read(): Promise<Pick<OpenedIndex, 'index' | 'builtAt'> | undefined>;
  /**
   * Builds the index and puts it in the place of what is there; nothing is kept of one with misaligned translations.
   *
   * @returns `undefined` when somebody else has built it meanwhile
   * @throws UserError when it can't be written
   */
  build(encoder: Encoder, options: OpenOptions): Promise<Pick<BuiltIndexes, 'misaligned' | 'embedded'> | undefined>;
}

/** {@link IndexStore.open} of any store. @param homeOf the place of the index of these reports */
export async function openIn(
  homeOf: (documents: readonly Document[]) => Home,
  documents: readonly Document[],
  encoder: Encoder,
  options: OpenOptions,
): Promise<OpenedIndex> {
  const home = homeOf(documents);
  const { where } = home;
  const found = options.force ? undefined : await readSound(home, options.onNotice);
  if (found) return { ...found, where, built: false, embedded: 0 };
  const done = await home.build(encoder, options);
  if (done && done.misaligned.size > 0) return openIn(homeOf, withoutMisaligned(documents, done.misaligned, options.onNotice), encoder, options);
  // As every later start reads it: what answers is what was written.
  const written = await readSound(home, options.onNotice);
  if (written) return { ...written, where, built: done !== undefined, embedded: done?.embedded ?? 0 };
  if (options.force) throw new Error(`The index in ${where} is not what was written a moment ago.`);
  // What was taken over may have been damaged.
  return openIn(homeOf, documents, encoder, { ...options, force: true });
}

/** {@link IndexStore.inspect} of any store. */
export async function inspectIn(home: Home): Promise<string | undefined> {
  let problem: string | undefined;
  const found = await readSound(home, (line) => (problem = line));
  return found || problem !== undefined ? problem : NOT_BUILT;
}

async function readSound(home: Home, onNotice: OpenOptions['onNotice']): ReturnType<Home['read']> {
  try {
    return await home.read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    onNotice?.(`The index in ${home.where} is damaged (${describe(error)}); it is built anew.`);
    return undefined;
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
