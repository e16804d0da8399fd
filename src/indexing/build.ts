import type { Document } from '../corpus/document.ts';
import type { Encoder } from '../embedding/encoder.ts';
import { misalignedTranslations } from './alignment.ts';
import { HnswIndex } from './hnsw.ts';
import { LexicalIndex } from './lexical.ts';
import { allPassages, type BuiltIndex, type IndexedPassage, textsOf } from './report-index.ts';
import { TextsInMemory, type TextsSink } from './texts.ts';
import { quantized } from './token-states.ts';

/** Texts embedded before what is kept of them is handed on: memory holds one such lot. */
const LOT = 256;

/** Told how many of the texts are embedded. */
export type BuildProgress = (done: number, total: number) => void;

/**
 * Hands to the sink what is kept of a text that the same model has embedded before.
 *
 * @returns its vectors, as in {@link BuiltIndexes}; `undefined` for a text that has to be embedded
 */
export type TakeOver = (text: number, content: string) => Promise<Float32Array | undefined>;

/** What a build makes beside what it hands to its sink. */
export interface BuiltIndexes {
  readonly passages: readonly IndexedPassage[];
  readonly texts: readonly string[];
  /** How many of them were embedded; the others had been before. */
  readonly embedded: number;
  /** Of each text one unit vector a window, [windows × dimensions]. */
  readonly vectors: readonly Float32Array[];
  readonly lexical: LexicalIndex;
  readonly translations: ReadonlyMap<number, number>;
  /** Reports whose translation is not one of them, paragraph by paragraph: id → numbers of the paragraphs that fit another better. */
  readonly misaligned: ReadonlyMap<string, readonly number[]>;
}

/**
 * Embeds every passage, and every translation of one, and builds the indexes over them.
 *
 * @param sink takes what is kept of each text
 * @param takeOver default: every text is embedded
 */
export async function build(
  documents: readonly Document[],
  encoder: Encoder,
  sink: TextsSink,
  onProgress?: BuildProgress,
  takeOver: TakeOver = () => Promise.resolve(undefined),
): Promise<BuiltIndexes> {
  const passages = allPassages(documents);
  const { texts, translations } = textsOf(passages);
  const { dimensions } = encoder.info;
  const vectorsOf = new Array<Float32Array>(texts.length);
  const missing: number[] = [];
  for (const [text, content] of texts.entries()) {
    const vectors = await takeOver(text, content);
    if (vectors) vectorsOf[text] = vectors;
    else missing.push(text);
  }
  const known = texts.length - missing.length;
  if (known > 0) onProgress?.(known, texts.length);
  // Alike lengths together: a batch is padded to its longest text.
  missing.sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
  for (let from = 0; from < missing.length; from += LOT) {
    const lot = missing.slice(from, from + LOT);
    const encoded = await encoder.encode(
      lot.map((text) => texts[text] ?? ''),
      'passage',
      (n) => onProgress?.(known + from + n, texts.length),
    );
    for (const [i, { vectors, memories, ...states }] of encoded.entries()) {
      const text = lot[i] ?? 0;
      vectorsOf[text] = vectors;
      await sink.add(text, { memories, states: quantized(states, dimensions) });
    }
  }
  return {
    passages,
    texts,
    embedded: missing.length,
    vectors: vectorsOf,
    lexical: await LexicalIndex.build(passages.map(({ passage }) => passage)),
    translations,
    misaligned: misalignedTranslations(passages, translations, vectorsOf, dimensions),
  };
}

/** An index in memory, for measuring. */
export async function buildInMemory(documents: readonly Document[], encoder: Encoder, onProgress?: BuildProgress): Promise<BuiltIndex> {
  const texts = new TextsInMemory();
  const { passages, vectors, lexical, translations } = await build(documents, encoder, texts, onProgress);
  const { dimensions } = encoder.info;
  const vectorPassage = passageOfVector(textOfVector(vectors, dimensions), translations);
  return { documents, passages, vectors: await HnswIndex.build(vectors, dimensions), vectorPassage, lexical, texts, translations };
}

/** Text of each vector, by the vector's label: those of a text stand together. @param vectors as in {@link BuiltIndexes} */
export function textOfVector(vectors: readonly Float32Array[], dimensions: number): Uint32Array {
  return Uint32Array.from(vectors.flatMap((own, text) => new Array<number>(own.length / dimensions).fill(text)));
}

/** Passage of each vector: a translation's vectors are those of its passage. */
export function passageOfVector(vectorText: Uint32Array, translations: ReadonlyMap<number, number>): Uint32Array {
  const passageOfText = new Map([...translations].map(([passage, text]) => [text, passage]));
  return vectorText.map((text) => passageOfText.get(text) ?? text);
}
