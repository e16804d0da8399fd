import type { Document } from '../corpus/document.ts';
import type { Encoder } from '../embedding/encoder.ts';
import { misalignedTranslations } from './alignment.ts';
import { HnswIndex } from './hnsw.ts';
import { LexicalIndex } from './lexical.ts';
import { allPassages, type BuiltIndex, type IndexedPassage, textsOf } from './report-index.ts';
import { type KeptText, TextsInMemory, type TextsSink } from './texts.ts';
import { quantized } from './token-states.ts';

/** Texts embedded before what is kept of them is handed on: memory holds one such lot. */
const LOT = 256;

/** Told how many of the texts are embedded. */
export type BuildProgress = (done: number, total: number) => void;

/** A text as it is embedded: what is kept of it, and one unit vector for each of its windows, [windows × dimensions]. */
export interface EmbeddedText extends KeptText {
  readonly vectors: Float32Array;
}

/** What has been embedded already by the same model; `undefined` for a text that has not. */
export type Embedded = (text: string) => Promise<EmbeddedText> | undefined;

/** What a build makes beside what it hands to its sink. */
export interface BuiltIndexes {
  readonly passages: readonly IndexedPassage[];
  readonly texts: readonly string[];
  /** How many of them were embedded; the others had been before. */
  readonly embedded: number;
  readonly vectors: HnswIndex;
  /** Text of each vector. */
  readonly vectorText: Uint32Array;
  readonly lexical: LexicalIndex;
  readonly translations: ReadonlyMap<number, number>;
  /** Reports whose translation is not one of them, paragraph by paragraph: id → numbers of the paragraphs that fit another better. */
  readonly misaligned: ReadonlyMap<string, readonly number[]>;
}

/**
 * Embeds every passage, and every translation of one, and builds the indexes over them.
 *
 * @param sink takes what is kept of each text
 * @param embedded texts that need not be embedded again
 */
export async function build(
  documents: readonly Document[],
  encoder: Encoder,
  sink: TextsSink,
  onProgress?: BuildProgress,
  embedded: Embedded = () => undefined,
): Promise<BuiltIndexes> {
  const passages = allPassages(documents);
  const { texts, translations } = textsOf(passages);
  const { dimensions } = encoder.info;
  const vectorsOf = new Array<Float32Array>(texts.length);
  let done = 0;
  const take = async (text: number, { vectors, ...kept }: EmbeddedText) => {
    vectorsOf[text] = vectors;
    await sink.add(text, kept);
    done++;
  };
  const missing: number[] = [];
  for (const [text, content] of texts.entries()) {
    const known = embedded(content);
    if (known) await take(text, await known);
    else missing.push(text);
  }
  if (done > 0) onProgress?.(done, texts.length);
  // Alike lengths together: a batch is padded to its longest text.
  missing.sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
  for (let from = 0; from < missing.length; from += LOT) {
    const lot = missing.slice(from, from + LOT);
    const before = done;
    const encoded = await encoder.encode(
      lot.map((text) => texts[text] ?? ''),
      'passage',
      (n) => onProgress?.(before + n, texts.length),
    );
    for (const [i, { vectors, memories, ...states }] of encoded.entries())
      await take(lot[i] ?? 0, { vectors, memories, states: quantized(states, dimensions) });
  }
  const windows = vectorsOf.map((vectors) => vectors.length / dimensions);
  return {
    passages,
    texts,
    embedded: missing.length,
    vectors: await HnswIndex.build(vectorsOf, dimensions),
    vectorText: Uint32Array.from(windows.flatMap((n, text) => new Array<number>(n).fill(text))),
    lexical: await LexicalIndex.build(passages.map(({ passage }) => passage)),
    translations,
    misaligned: misalignedTranslations(passages, translations, vectorsOf, dimensions),
  };
}

/** An index in memory, for measuring. */
export async function buildInMemory(documents: readonly Document[], encoder: Encoder, onProgress?: BuildProgress): Promise<BuiltIndex> {
  const texts = new TextsInMemory();
  const { passages, vectors, vectorText, lexical, translations } = await build(documents, encoder, texts, onProgress);
  return { documents, passages, vectors, vectorPassage: passageOfVector(vectorText, translations), lexical, texts, translations };
}

/** Passage of each vector: a translation's vectors are those of its passage. */
export function passageOfVector(vectorText: Uint32Array, translations: ReadonlyMap<number, number>): Uint32Array {
  const passageOfText = new Map([...translations].map(([passage, text]) => [text, passage]));
  return vectorText.map((text) => passageOfText.get(text) ?? text);
}
