import type { Document } from '../corpus/document.ts';
import type { Encoder } from '../embedding/encoder.ts';
import { misalignedTranslations } from './alignment.ts';
import { HnswIndex } from './hnsw.ts';
import { LexicalIndex } from './lexical.ts';
import { Memories } from './memories.ts';
import { allPassages, type ReportIndex, textsOf } from './report-index.ts';
import { TokenStates } from './token-states.ts';

/** Told how many of the texts are embedded. */
export type BuildProgress = (done: number, total: number) => void;

/** An index as built, with what must be written of it. */
export interface BuiltIndex extends ReportIndex {
  readonly vectors: HnswIndex;
  /** Reports whose translation is not one of them, paragraph by paragraph: id → numbers of the paragraphs that fit another better. */
  readonly misaligned: ReadonlyMap<string, readonly number[]>;
}

/** Embeds every passage, and every translation of one, and builds the three indexes over them, in memory. */
export async function buildIndex(documents: readonly Document[], encoder: Encoder, onProgress?: BuildProgress): Promise<BuiltIndex> {
  const passages = allPassages(documents);
  const { texts, translations } = textsOf(passages);
  const encoded = await encoder.encode(texts, 'passage', (done) => onProgress?.(done, texts.length));
  const { dimensions } = encoder.info;
  const counts = encoded.map((e) => e.vectors.length / dimensions);
  const flat = new Float32Array(counts.reduce((sum, n) => sum + n, 0) * dimensions);
  let at = 0;
  for (const { vectors } of encoded) {
    flat.set(vectors, at);
    at += vectors.length;
  }
  const passageOfText = [...passages.keys(), ...translations.keys()];
  return {
    documents,
    passages,
    vectors: await HnswIndex.build(flat, dimensions),
    vectorPassage: Uint32Array.from(counts.flatMap((n, text) => new Array<number>(n).fill(passageOfText[text] ?? 0))),
    lexical: LexicalIndex.build(passages.map(({ passage }) => passage)),
    states: TokenStates.from(encoded, dimensions),
    memories: Memories.from(encoded),
    translations,
    misaligned: misalignedTranslations(passages, translations, encoded, dimensions),
  };
}
