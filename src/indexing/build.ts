import type { Document } from '../corpus/document.ts';
import type { Encoder, Memory } from '../embedding/encoder.ts';
import { misalignedTranslations } from './alignment.ts';
import { HnswIndex } from './hnsw.ts';
import { LexicalIndex } from './lexical.ts';
import { Memories } from './memories.ts';
import { allPassages, type ReportIndex, textsOf } from './report-index.ts';
import { type QuantizedStates, quantized, TokenStates } from './token-states.ts';

/** Told how many of the texts are embedded. */
export type BuildProgress = (done: number, total: number) => void;

/** A text as an index keeps it. */
export interface EmbeddedText {
  /** One unit vector for each window of the text, [windows × dimensions]. */
  readonly vectors: Float32Array;
  readonly states: QuantizedStates;
  readonly memories: readonly Memory[];
}

/** What has been embedded already by the same model; `undefined` for a text that has not. */
export type Embedded = (text: string) => EmbeddedText | undefined;

/** An index as built, with what must be written of it. */
export interface BuiltIndex extends ReportIndex {
  readonly vectors: HnswIndex;
  readonly texts: readonly string[];
  /** How many of them were embedded; the others had been before. */
  readonly embedded: number;
  /** Text of each vector. */
  readonly vectorText: Uint32Array;
  /** Reports whose translation is not one of them, paragraph by paragraph: id → numbers of the paragraphs that fit another better. */
  readonly misaligned: ReadonlyMap<string, readonly number[]>;
}

/**
 * Embeds every passage, and every translation of one, and builds the three indexes over them, in memory.
 *
 * @param embedded texts that need not be embedded again
 */
export async function buildIndex(
  documents: readonly Document[],
  encoder: Encoder,
  onProgress?: BuildProgress,
  embedded: Embedded = () => undefined,
): Promise<BuiltIndex> {
  const passages = allPassages(documents);
  const { texts, translations } = textsOf(passages);
  const { dimensions } = encoder.info;
  const { all, missing } = await embedAll(texts, encoder, embedded, onProgress);
  const windows = all.map(({ vectors }) => vectors.length / dimensions);
  const flat = new Float32Array(windows.reduce((sum, n) => sum + n, 0) * dimensions);
  let at = 0;
  for (const { vectors } of all) {
    flat.set(vectors, at);
    at += vectors.length;
  }
  const vectorText = Uint32Array.from(windows.flatMap((n, text) => new Array<number>(n).fill(text)));
  return {
    documents,
    passages,
    texts,
    embedded: missing,
    vectors: await HnswIndex.build(flat, dimensions),
    vectorText,
    vectorPassage: passageOfVector(vectorText, translations),
    lexical: LexicalIndex.build(passages.map(({ passage }) => passage)),
    states: TokenStates.from(
      all.map(({ states }) => states),
      dimensions,
    ),
    memories: Memories.from(all),
    translations,
    misaligned: misalignedTranslations(passages, translations, all, dimensions),
  };
}

/** Passage of each vector: a translation's vectors are those of its passage. */
export function passageOfVector(vectorText: Uint32Array, translations: ReadonlyMap<number, number>): Uint32Array {
  const passageOfText = new Map([...translations].map(([passage, text]) => [text, passage]));
  return vectorText.map((text) => passageOfText.get(text) ?? text);
}

async function embedAll(texts: readonly string[], encoder: Encoder, embedded: Embedded, onProgress?: BuildProgress) {
  const known = texts.map((text) => embedded(text));
  const missing = texts.filter((_, i) => known[i] === undefined);
  const before = texts.length - missing.length;
  if (before > 0) onProgress?.(before, texts.length);
  const encoded = await encoder.encode(missing, 'passage', (done) => onProgress?.(before + done, texts.length));
  let next = 0;
  const all = known.map((own): EmbeddedText => {
    if (own) return own;
    const { vectors, memories, ...rest } = encoded[next++] ?? {
      vectors: new Float32Array(),
      memories: [],
      states: new Float32Array(),
      spans: new Uint32Array(),
    };
    return { vectors, memories, states: quantized(rest, encoder.info.dimensions) };
  });
  return { all, missing: missing.length };
}
