import type { Document, Passage } from '../corpus/document.ts';
import type { Span } from '../text/span.ts';
import type { LexicalIndex, LexicalScores } from './lexical.ts';
import type { Texts } from './texts.ts';
import type { VectorIndex } from './vector-index.ts';

/** A passage with its report. Its place in {@link ReportIndex.passages} is its label in every index. */
export interface IndexedPassage {
  readonly document: Document;
  readonly passage: Passage;
}

/** Everything a question is answered from, never changed. */
export interface ReportIndex {
  readonly documents: readonly Document[];
  readonly passages: readonly IndexedPassage[];
  readonly vectors: VectorIndex;
  /** Passage of each vector, by the vector's label: a long passage has several, and so has one with a translation. */
  readonly vectorPassage: Uint32Array;
  readonly lexical: { search(question: string): LexicalScores };
  /** Of every text: see {@link textsOf}. */
  readonly texts: Texts;
  /** Text number of each passage's translation, by the passage's label. */
  readonly translations: ReadonlyMap<number, number>;
}

/** An index as it was built, which may be a part of others. */
export interface BuiltIndex extends ReportIndex {
  readonly lexical: LexicalIndex;
}

/** Labels of a report's passages, `end` excluded: they stand together. No label where it is not one of the index. */
export function labelsOf(document: Document, { documents }: ReportIndex): Span {
  let start = 0;
  for (const other of documents) {
    if (other === document) return { start, end: start + document.passages.length };
    start += other.passages.length;
  }
  return { start, end: start };
}

/** What is embedded of these passages: their texts, in order, then the translations of those that have one. */
export function textsOf(passages: readonly IndexedPassage[]): { readonly texts: readonly string[]; readonly translations: ReadonlyMap<number, number> } {
  const texts = passages.map(({ passage }) => passage.text);
  const translations = new Map<number, number>();
  passages.forEach(({ passage }, label) => {
    if (passage.translation !== undefined) translations.set(label, texts.push(passage.translation) - 1);
  });
  return { texts, translations };
}

export function allPassages(documents: readonly Document[]): IndexedPassage[] {
  return documents.flatMap((document) => document.passages.map((passage) => ({ document, passage })));
}
