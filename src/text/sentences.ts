import type { Span } from './span.ts';

/** End of a sentence wherever it stands; a full stop has conditions of its own. */
const STRONG = new Set(['؟', '?', '!', '۔', '.']);
/** A pause in Arabic prose (a headline's «..», an enumeration's «؛»): ends a sentence only where it would grow too long. */
const WEAK = new Set(['؛', ';', '…', '..']);
const LONG_SENTENCE = 300;
const CLOSERS = /^["'”’»)\]}]+/u;
/** Before a full stop, these do not end a sentence (single letters, «د.» and "U.S.", are caught by their length). */
const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st vs etc inc ltd jr sr no nos gen col lt sgt capt rep sen gov maj brig dept est fig vol pp ed al approx إلخ الخ هـ ق.م ب.م'.split(' '),
);
const WORD_BEFORE = /[\p{L}\p{M}\p{N}.ـ]+$/u;
const QUOTE_MARKS = /[«»“”"]/gu;

/**
 * Splits a paragraph into sentences.
 *
 * `؟ ? ! ۔` and a full stop end a sentence; `.. … ؛` only inside one longer than 300 UTF-16 units. A full stop after an
 * abbreviation or a single letter, inside a number or before a lower-case letter does not; nothing inside a quotation does.
 * Closing quotes and brackets stay with the sentence they close. `Intl.Segmenter('ar')` is not used: it breaks after «د.».
 *
 * @param text the paragraph
 * @returns spans in `text`, in order, without the white space around them; together they hold every other character of it
 */
export function sentences(text: string): Span[] {
  const quoted = quotations(text);
  const result: Span[] = [];
  let start = 0;
  let weak: number | undefined;
  const push = (end: number) => {
    const span = trim(text, start, end);
    if (span.end > span.start) result.push(span);
    start = end;
    weak = undefined;
  };
  for (const mark of text.matchAll(/\.{2,}|[.؟?!۔؛;…]+/gu)) {
    const closers = CLOSERS.exec(text.slice(mark.index + mark[0].length))?.[0].length ?? 0;
    const end = mark.index + mark[0].length + closers;
    if (end < text.length && !/\s/u.test(text.charAt(end))) continue;
    if (quoted.some((q) => q.start < mark.index && mark.index < q.end && end < q.end)) continue;
    if (isWeak(mark[0])) {
      if (end - start > LONG_SENTENCE && weak !== undefined) push(weak);
      weak = end;
    } else if (mark[0] !== '.' || endsSentence(text, mark.index, end)) {
      if (end - start > LONG_SENTENCE && weak !== undefined) push(weak);
      push(end);
    }
  }
  if (text.length - start > LONG_SENTENCE && weak !== undefined) push(weak);
  push(text.length);
  return result;
}

function isWeak(mark: string): boolean {
  if (WEAK.has(mark) || /^\.{2,}$/u.test(mark)) return true;
  return ![...mark].some((character) => STRONG.has(character));
}

function endsSentence(text: string, stop: number, end: number): boolean {
  const before = WORD_BEFORE.exec(text.slice(Math.max(0, stop - 24), stop))?.[0] ?? '';
  const last = before.split('.').at(-1) ?? '';
  if (/^\p{L}\p{M}*$/u.test(last) && end < text.length) return false;
  if (ABBREVIATIONS.has(before.toLowerCase()) && end < text.length) return false;
  return !/^\s+\p{Ll}/u.test(text.slice(end, end + 8));
}

/** Spans between paired quotation marks. “ and ” are taken as alike: reports open quotations with either. */
function quotations(text: string): Span[] {
  const spans: Span[] = [];
  let guillemet: number | undefined;
  let curly: number | undefined;
  for (const { 0: mark, index } of text.matchAll(QUOTE_MARKS)) {
    if (mark === '«') guillemet ??= index;
    else if (mark === '»') {
      if (guillemet !== undefined) spans.push({ start: guillemet, end: index + 1 });
      guillemet = undefined;
    } else if (curly === undefined) curly = index;
    else {
      spans.push({ start: curly, end: index + 1 });
      curly = undefined;
    }
  }
  return spans;
}

/** The span without white space at either end. */
export function trim(text: string, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (from < to && /\s/u.test(text.charAt(from))) from++;
  while (to > from && /\s/u.test(text.charAt(to - 1))) to--;
  return { start: from, end: to };
}
