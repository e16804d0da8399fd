import type { Span } from '../text/span.ts';

/** A paragraph of a report (its title and standfirst included), placed in the untouched file. */
export interface Passage extends Span {
  /** Counts the document's paragraphs from 0 = title. */
  readonly number: number;
  readonly kind: 'title' | 'standfirst' | 'paragraph';
  /** `document.source.slice(start, end)` */
  readonly text: string;
  /** Sentences in order, as spans in `document.source`. */
  readonly sentences: readonly Span[];
  /** English of it, for whoever can't read the original and to be searched as well; it is never quoted. `undefined` without one. */
  readonly translation: string | undefined;
}

/** One report. */
export interface Document {
  /** File name without extension. */
  readonly id: string;
  readonly title: string;
  /** The file's text, untouched; every span of the document is in UTF-16 code units of it. */
  readonly source: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** The same of its translation's file; `undefined` without one. */
  readonly translationSha256: string | undefined;
  readonly passages: readonly Passage[];
}
