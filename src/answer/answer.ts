import type { Document, Place } from '../corpus/document.ts';
import type { Language } from '../text/language.ts';
import type { Span } from '../text/span.ts';
import type { Refusal } from './question.ts';

/**
 * `answered`: the report says this. `related`: it does not say this directly, the closest passages are cited. `not_found`: nothing
 * in it comes near. `invalid`: there was no question.
 */
export type Status = 'answered' | 'related' | 'not_found' | 'invalid';

/** A verbatim quote: `quote === source.slice(start, end)` of the document, offsets in UTF-16 code units. */
export interface Citation extends Span {
  /** [n], from 1. */
  readonly n: number;
  /** Id of the document: see there. */
  readonly document: string;
  readonly title: string;
  /** Number of the paragraph, from 0 = title. */
  readonly passage: number;
  /** Page or heading of the paragraph, where its file has such. */
  readonly place?: Place;
  readonly quote: string;
  /** English of the whole paragraph, where the report has a translation; it is never the quote. */
  readonly translation: string | undefined;
  /** The words that answer, as a span in the document's source, inside the quote; `undefined` where none were found. */
  readonly answer: Span | undefined;
  /** What stands out: the answer and, outside of it, the words that match the question; spans in the document's source, in order, inside the quote. */
  readonly highlights: readonly Span[];
  readonly score: number;
}

export interface Candidate {
  readonly document: string;
  readonly passage: number;
  readonly score: number;
}

/** A passage that a search found, quoted where it fits best. */
export interface Hit extends Citation {
  /** 0 … 1: how likely it is the right one, if one of those found is. */
  readonly share: number;
}

/** What a search found. */
export interface SearchResult {
  /** As typed, untouched. */
  readonly question: string;
  readonly language: Language | 'other';
  /** Why nothing was searched for; `undefined` otherwise. */
  readonly refusal: Refusal | undefined;
  /** Best first. */
  readonly hits: readonly Hit[];
}

export interface Answer {
  /** As asked, untouched. */
  readonly question: string;
  /** What was searched for: the question, read in the light of the one before it where it leans on that. */
  readonly searched: string;
  /** The only report that was asked; `undefined`: all. */
  readonly within: Pick<Document, 'id' | 'title'> | undefined;
  readonly language: Language | 'other';
  readonly status: Status;
  /** Why the status is `invalid`; `undefined` otherwise. */
  readonly refusal: Refusal | undefined;
  /** 0 … 1: probability that the report answers the question. */
  readonly confidence: number;
  readonly citations: readonly Citation[];
  /** The best ten passages whatever the status, best first. */
  readonly candidates: readonly Candidate[];
  /** Whole time in milliseconds. */
  readonly latencyMs: number;
  /** Milliseconds of each stage of the search; none where nothing was searched for. */
  readonly stages: Readonly<Record<string, number>>;
}
