import { fold } from './fold.ts';
import type { Span } from './span.ts';
import { stem } from './stem.ts';
import { isStopword } from './stopwords.ts';

/** Letters with their marks and joiners, digits; an apostrophe inside a word belongs to it. `\p{L}` alone would cut vowelled Arabic. */
const WORD = /[\p{L}\p{M}\p{N}\u200c\u200d\u00ad]+(?:['’][\p{L}\p{M}]+)*/gu;
const POSSESSIVE = /['’]\p{L}+$/u;

/** A word of a text: its place there, its folded form and the term it is matched by. */
export interface Word extends Span {
  readonly folded: string;
  /** Stem of the folded word: what the lexical index stores and asks for. */
  readonly term: string;
  /** False for function and question words. */
  readonly content: boolean;
}

/**
 * Words of a text with their UTF-16 spans in it.
 *
 * @param text any text; it is not changed, so every span holds in it as it stands
 */
export function words(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = matched(match[0]);
    if (word) found.push({ start: match.index, end: match.index + match[0].length, ...word });
  }
  return found;
}

/** What a word is matched by; `undefined` if nothing is left of it. */
function matched(word: string): Omit<Word, keyof Span> | undefined {
  const folded = fold(word).replace(POSSESSIVE, '');
  return folded === '' ? undefined : { folded, term: stem(folded), content: !isStopword(folded) };
}

/** Words of a text as they are written, in order, without their places. */
export function writtenWords(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

/** Term of a word as it is written; `undefined` for one without content. */
export function termOf(word: string): string | undefined {
  const found = matched(word);
  return found?.content ? found.term : undefined;
}

/** Terms of the content words of a text, in order, repeats kept: the tokens of the lexical index. */
export function terms(text: string): string[] {
  return writtenWords(text).flatMap((word) => termOf(word) ?? []);
}

/** Signs that belong to the number they stand at. */
const SIGN_AFTER = /^[%٪‰°]/u;
const SIGN_BEFORE = /[$€£+−-]$/u;

/**
 * From the first to the last word that a stretch of text touches, without the punctuation around them.
 *
 * @param start @param end of the stretch, UTF-16 code units
 * @returns `undefined` where it touches no word
 */
export function wordsAt(text: string, start: number, end: number): Span | undefined {
  const touched = words(text).filter((word) => word.start < end && start < word.end);
  const [first, last] = [touched[0], touched.at(-1)];
  if (!first || !last) return undefined;
  const before = SIGN_BEFORE.test(text.slice(start, first.start)) ? 1 : 0;
  const after = SIGN_AFTER.test(text.slice(last.end, end)) ? 1 : 0;
  return { start: first.start - before, end: last.end + after };
}
