import { detectLanguage } from './language.ts';

/**
 * Direction of text, after the Unicode Bidirectional Algorithm (UAX #9): a line takes its direction from its first strong
 * character, so a line is opened with a mark where that character could mislead, and foreign runs are isolated.
 */
export type Direction = 'rtl' | 'ltr';

const RLM = '\u200f';
const LRM = '\u200e';
const FSI = '\u2068';
const PDI = '\u2069';
/**
 * How a line begins that needs no mark: with a letter of its script, behind nothing but spaces, digits, stars and opening
 * brackets or quotes.
 * Strong characters are more than letters (flags, "Ⅲ" and "؟" are), so whatever else a line begins with is not relied on.
 */
const BEGINS = {
  rtl: /^[ \d"*\p{Ps}\p{Pi}]*(?=\p{L})\p{Script=Arabic}/u,
  ltr: /^[ \d"*\p{Ps}\p{Pi}]*(?=\p{L})\p{Script=Latin}/u,
} as const;
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** What ends a paragraph for the algorithm, and in a browser, though not a line. */
const SEPARATORS = /[\f\x1c-\x1e\x85\u2029]|\r(?!\n)/gu;

/** Direction that a text of others is to run in: that of its language, whatever it begins with; right to left without a letter. */
export function directionOfText(text: string): Direction {
  return (detectLanguage(text) ?? 'ar') === 'ar' ? 'rtl' : 'ltr';
}

/** The invisible mark that must open a line for it to run in `direction`; empty where its first letter sees to that. */
export function opening(line: string, direction: Direction): string {
  if (line === '' || BEGINS[direction].test(line)) return '';
  return direction === 'rtl' ? RLM : LRM;
}

/** A line that runs in `direction`. */
export function directed(line: string, direction: Direction): string {
  return opening(line, direction) + line;
}

/** Lines that run each as its own language does. */
export function eachDirected(text: string): string {
  return text
    .split('\n')
    .map((line) => directed(line, directionOfText(line)))
    .join('\n');
}

/** Wraps text of unknown direction so that it neither takes nor gives direction around it. */
export function isolate(text: string): string {
  return FSI + text + PDI;
}

/**
 * A title or heading in a line of ours: neither turns the other, and it runs as its language does, whatever name it begins with.
 *
 * @param shown what is shown of it; default: all
 */
export function isolateTitle(title: string, shown = title): string {
  return isolate(directed(shown, directionOfText(title)));
}

/** Drops every bidi control, and makes a space of what would begin a new direction within a line: for text of others that is put into a line of ours. */
export function withoutBidiControls(text: string): string {
  return text.replace(CONTROLS, '').replace(SEPARATORS, ' ');
}
