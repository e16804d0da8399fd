import type { Span } from '../text/span.ts';

/** Where in its file a paragraph stands: at least one of the two. In a `.txt` file it has no place. */
export interface Place {
  /** The page on which it begins, from 1. */
  readonly page?: number;
  /** The nearest heading above it. */
  readonly heading?: string;
}

/** A paragraph of a report (its title and standfirst included), placed in the document's source. */
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
  readonly place?: Place;
}

/** One report. */
export interface Document {
  /** File name: without extension for `.txt`, whole for the rest. */
  readonly id: string;
  readonly title: string;
  /** The text of a `.txt` file, untouched; what was extracted of any other. Every span of the document is in UTF-16 code units of it. */
  readonly source: string;
  /** SHA-256, hexadecimal: of a `.txt` file's bytes; of text and layout for the rest. */
  readonly sha256: string;
  /** The same of its translation's file; `undefined` without one. */
  readonly translationSha256: string | undefined;
  readonly passages: readonly Passage[];
  /** Day it was published, `YYYY-MM-DD`, as the file or the one beside it says. */
  readonly date?: string | undefined;
  /** Language that these say it is in, as a BCP 47 tag. */
  readonly language?: string | undefined;
  /** Where it was published; http or https. */
  readonly link?: string | undefined;
}
