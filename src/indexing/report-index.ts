import type { Document, Passage } from '../corpus/document.ts';
import type { LexicalIndex } from './lexical.ts';
import type { Memories } from './memories.ts';
import type { TokenStates } from './token-states.ts';
import type { VectorIndex } from './vector-index.ts';

/** A passage with its report. Its place in {@link ReportIndex.passages} is its label in every index. */
export interface IndexedPassage {
  readonly document: Document;
  readonly passage: Passage;
}

/** Everything a question is answered from, in memory and never changed. */
export interface ReportIndex {
  readonly documents: readonly Document[];
  readonly passages: readonly IndexedPassage[];
  readonly vectors: VectorIndex;
  /** Passage of each vector: a long passage has several. */
  readonly vectorPassage: Uint32Array;
  readonly lexical: LexicalIndex;
  readonly states: TokenStates;
  readonly memories: Memories;
}

export function allPassages(documents: readonly Document[]): IndexedPassage[] {
  return documents.flatMap((document) => document.passages.map((passage) => ({ document, passage })));
}
