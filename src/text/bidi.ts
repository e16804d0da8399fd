/**
 * Direction of text, after the Unicode Bidirectional Algorithm (UAX #9): a line takes its direction from its first strong
 * character, so a line is opened with a mark where that character would mislead, and foreign runs are isolated.
 */
export type Direction = 'rtl' | 'ltr';

const RLM = '\u200f';
const LRM = '\u200e';
const FSI = '\u2068';
const PDI = '\u2069';
const STRONG = /[\p{L}]/u;
const RTL_LETTER = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Direction of the first strong character outside isolates, or `undefined` when there is none. */
export function firstStrong(text: string): Direction | undefined {
  let depth = 0;
  for (const character of text) {
    if (/[\u2066-\u2068]/u.test(character)) depth++;
    else if (character === PDI) depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (character === RLM || character === '\u061c') return 'rtl';
    else if (character === LRM) return 'ltr';
    else if (STRONG.test(character)) return RTL_LETTER.test(character) ? 'rtl' : 'ltr';
  }
  return undefined;
}

/** The invisible mark that must open a line for it to run in `direction`; empty where its first strong character sees to that. */
export function opening(line: string, direction: Direction): string {
  if (line === '' || firstStrong(line) === direction) return '';
  return direction === 'rtl' ? RLM : LRM;
}

/** A line that runs in `direction`. */
export function directed(line: string, direction: Direction): string {
  return opening(line, direction) + line;
}

/** Wraps text of unknown direction so that it neither takes nor gives direction around it. */
export function isolate(text: string): string {
  return FSI + text + PDI;
}

/** Drops every bidi control: for text of others that is put into a line of ours. */
export function withoutBidiControls(text: string): string {
  return text.replace(CONTROLS, '');
}
