import { expect } from 'vitest';
import { type Direction, withoutBidiControls } from '../../src/text/bidi.ts';
import type { Glyph, Line } from './engine.ts';

/** Distances below this are of rounding, in pixels. */
export const ROUNDING = 0.5;
const ARABIC_LETTER = /(?=\p{L})\p{Script=Arabic}/u;
/** What is read in one go: a word with the slash of a command, a number, or a single mark. */
const PIECE = /\/?\p{Script=Latin}[\p{Script=Latin}'’]*|[\p{Script=Arabic}\p{M}]+|\d+|\S/gu;

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

export function seen({ glyphs }: Line): Glyph[] {
  return glyphs.filter(({ text, left, right }) => right > left && text.trim() !== '');
}

/** How far from the edge where lines of this direction begin the text begins; spaces are text. */
export function indent({ left, right, glyphs }: Line, direction: Direction): number {
  return direction === 'rtl' ? right - Math.max(...glyphs.map((glyph) => glyph.right)) : Math.min(...glyphs.map((glyph) => glyph.left)) - left;
}

/** Words, numbers and marks of a text in the order of its storage, which is the order in which it is read aloud. */
export function pieces(text: string): string[] {
  return withoutBidiControls(text).match(PIECE) ?? [];
}

/**
 * That a reader who begins where a line of this direction begins meets these pieces in this order, each in one place and each
 * spelt its own way: Arabic from right to left, anything else from left to right. Together they are all that is seen.
 */
export function expectRead(line: Line, direction: Direction, expected: readonly string[]): void {
  const boxes = boxesOf(line, expected);
  const shown = `${expected.join(' | ')} in ${direction}, seen from the left: ${leftToRight(line)}`;
  expect(indent(line, direction), `begins at its edge: ${shown}`).toBeLessThan(ROUNDING);
  for (const [i, next] of boxes.entries()) {
    const before = boxes[i - 1];
    if (!before) continue;
    const gap = direction === 'rtl' ? before.left - next.right : next.left - before.right;
    expect(gap, `"${before.text}" before "${next.text}": ${shown}`).toBeGreaterThan(-ROUNDING);
  }
}

/** The characters seen, from the left edge to the right. */
export function leftToRight(line: Line): string {
  return seen(line)
    .sort((a, b) => a.left - b.left)
    .map(({ text }) => text)
    .join('');
}

/** Where each piece is seen. */
function boxesOf(line: Line, expected: readonly string[]): Box[] {
  const glyphs = seen(line);
  expect(glyphs.map(({ text }) => text).join('')).toBe(expected.join('').replace(/\s/gu, ''));
  return expected.map((text) => {
    const own: Glyph[] = [];
    while (own.map((glyph) => glyph.text).join('') !== text.replace(/\s/gu, '')) own.push(glyphs.shift() as Glyph);
    const spelt = ARABIC_LETTER.test(text) ? own.toReversed() : own;
    for (const [i, glyph] of spelt.entries()) {
      const before = spelt[i - 1];
      if (before) expect(glyph.left - before.right, `"${text}" is spelt in order`).toBeGreaterThan(-ROUNDING);
    }
    return { text, left: Math.min(...own.map(({ left }) => left)), right: Math.max(...own.map(({ right }) => right)) };
  });
}
