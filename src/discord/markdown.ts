import { type Direction, directed, directionOfText, isolateTitle, withoutBidiControls } from '../text/bidi.ts';
import type { Language } from '../text/language.ts';
import type { Span } from '../text/span.ts';
import { LIMITS } from './limits.ts';

/** What stands out in a quote: words in bold, the answer underlined besides. */
export interface Marks {
  readonly highlights: readonly Span[];
  readonly answer?: Span | undefined;
}

type Style = 'plain' | 'bold' | 'answer';
const OPEN: Readonly<Record<Style, string>> = { plain: '', bold: '**', answer: '__**' };
const CLOSE: Readonly<Record<Style, string>> = { plain: '', bold: '**', answer: '**__' };

/**
 * As much of a quote as fits, in Markdown with what stands out marked; whole words, from the start of the quote.
 *
 * @param span of the quote in its source; marks are spans of the same
 * @param limit in characters, Markdown included
 * @returns the Markdown, and whether something was left out
 */
export function excerpt(span: Span, quote: string, { highlights, answer }: Marks, limit: number): [text: string, cutOff: boolean] {
  const pieces: { text: string; style: Style }[] = [];
  let at = span.start;
  const add = (to: number, style: Style) => {
    for (const word of quote.slice(at - span.start, to - span.start).match(/\s*\S{1,200}|\s+$/gu) ?? []) pieces.push({ text: clean(word), style });
    at = to;
  };
  for (const highlight of joined(highlights, answer, quote, span.start)) {
    add(highlight.start, 'plain');
    add(highlight.end, highlight.start === answer?.start ? 'answer' : 'bold');
  }
  add(span.end, 'plain');
  let text = '';
  let style: Style = 'plain';
  for (const piece of pieces) {
    const space = /^\s*/u.exec(piece.text)?.[0] ?? '';
    const next = piece.style === style ? piece.text : CLOSE[style] + space + OPEN[piece.style] + piece.text.slice(space.length);
    if (text.length + next.length + CLOSE[piece.style].length > limit) return [text + CLOSE[style], true];
    text += next;
    style = piece.style;
  }
  return [text + CLOSE[style], false];
}

/** The same as a quote block that runs as its language does, with an ellipsis where something was left out. */
export function quoteBlock(span: Span, quote: string, marks: Marks, limit: number): string {
  const [text, cutOff] = excerpt(span, quote, marks, limit);
  return lines(text + (cutOff ? ' …' : ''), directionOfText(quote), '> ');
}

/** Words with nothing but white space between them read as one; the answer stays apart. */
function joined(highlights: readonly Span[], answer: Span | undefined, quote: string, start: number): Span[] {
  const result: Span[] = [];
  const isAnswer = (span: Span) => span.start === answer?.start;
  for (const span of highlights) {
    const before = result.at(-1);
    const apart = !before || isAnswer(before) || isAnswer(span) || !/^\s*$/u.test(quote.slice(before.end - start, span.start - start));
    if (apart) result.push(span);
    else result[result.length - 1] = { start: before.start, end: span.end };
  }
  return result;
}

/** Each line of a text in one direction, behind a prefix (`> `). */
export function lines(text: string, direction: Direction, prefix = ''): string {
  return text
    .split(/\r?\n/u)
    .map((line) => prefix + directed(line, direction))
    .join('\n');
}

/** A title as the title of an embed. */
export function heading(title: string): string {
  return directed(cut(clean(oneLine(title)), LIMITS.embedTitle - 1), directionOfText(title));
}

/** A title in a line of ours. */
export function titleWithin(title: string, limit: number): string {
  return isolateTitle(title, clean(cut(title, limit)));
}

/** The same where Markdown is not read: in a footer, in a choice. */
export function plainTitleWithin(title: string, limit: number): string {
  return isolateTitle(title, cut(oneLine(title), limit));
}

/** Characters that Discord's Markdown obeys anywhere, and those it obeys at the start of a line. */
const MARKUP = /[\\*_~`|[\]<]|(?<=^|\s)[-#>+]/gu;
/** Markdown is not read inside an address, and a backslash there would be part of it. */
const ADDRESS = /^https?:\/\/\S+$/u;

/**
 * Text of others, with nothing in it that Discord or the bidi algorithm would obey. It is escaped word by word, as it is cut, so marks
 * that only work in pairs (`[a b](…)`) are escaped one by one.
 */
export function clean(text: string): string {
  return withoutBidiControls(text)
    .split(/(\s+)/u)
    .map((word) => (ADDRESS.test(word) ? word : word.replace(MARKUP, '\\$&')))
    .join('');
}

/** An http(s) address of others, with nothing in it that Markdown would obey beside or behind it: such characters are percent-encoded. */
export function address(link: string): string {
  return new URL(link).href.replace(/[^\w\-.:/?#&=%+,;@!$]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Text of others on one line. */
export function oneLine(text: string): string {
  return withoutBidiControls(text).replace(/\s+/gu, ' ').trim();
}

/** At most `limit` UTF-16 units, an ellipsis included; a surrogate pair or an escape is never cut apart. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$|\\+$/u, '')}…`;
}

/** Direction of the bot's own words in a language. */
export function directionOf(language: Language | 'other'): Direction {
  return language === 'ar' ? 'rtl' : 'ltr';
}
