import bidiFactory from 'bidi-js';
import { type Direction, withoutBidiControls } from '../text/bidi.ts';
import type { Span } from '../text/span.ts';

// Its types describe an ES module with a default; in Node.js the module is that default itself.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

/** What surrounds a quote, the quote, and what stands out in it. */
export type Style = 'context' | 'quote' | 'strong';

/** A text as it is drawn: no white space but single spaces, nothing invisible but joiners and bidi controls of ours, which order it and are not drawn. */
export interface StyledText {
  readonly text: string;
  /** In any order; where two overlap, the later holds. All the rest is `context`. */
  readonly styles: readonly (Span & { readonly style: Style })[];
}

/** Advance width of a text of one style and direction, in any unit. */
export type Measure = (text: string, style: Style) => number;

/** A piece of a line that is drawn in one go. */
export interface Run extends Span {
  readonly text: string;
  readonly style: Style;
  readonly direction: Direction;
  /** Of its left edge, from the left edge of the line. */
  readonly x: number;
  readonly width: number;
}

/** A line of a text: `start` to `end` with the space it was broken at, which is in none of its runs. */
export interface Line extends Span {
  /** From left to right. */
  readonly runs: readonly Run[];
  readonly width: number;
}

export interface LineLayout {
  readonly direction: Direction;
  /** Of a line at most, in the unit of `measure`. */
  readonly width: number;
  readonly maxLines: number;
  readonly measure: Measure;
}

/** A piece of a word or a space with one style and one embedding level; not yet in its place. */
interface Piece extends Span {
  readonly text: string;
  readonly style: Style;
  readonly level: number;
  readonly width: number;
}

/** A word, a part of a word longer than a line, or a space. */
interface Chunk {
  readonly pieces: readonly Piece[];
  readonly width: number;
  readonly space: boolean;
}

const JOINED = /^[\p{L}\p{M}\p{N}\u200c\u200d]{2}$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Makes a text of others drawable: lone surrogates become U+FFFD, control characters and bidi controls are dropped, each stretch of
 * white space becomes a space. A style never changes inside a word: its letters join.
 *
 * @param styles spans in `text`
 */
export function drawable(text: string, styles: StyledText['styles'] = []): StyledText {
  const places = new Uint32Array(text.length + 1);
  const kept: string[] = [];
  let length = 0;
  let at = 0;
  for (const character of text.toWellFormed()) {
    places.fill(length, at, at + character.length);
    at += character.length;
    const visible = /\s/u.test(character) ? ' ' : withoutBidiControls(character).replace(/\p{Cc}/u, '');
    if (visible === ' ' && (kept.at(-1) ?? ' ') === ' ') continue;
    if (visible !== '') kept.push(visible);
    length += visible.length;
  }
  places[at] = length;
  const shown = kept.join('').trimEnd();
  const place = (index: number) => Math.min(places[index] ?? shown.length, shown.length);
  return { text: shown, styles: styles.map(({ start, end, style }) => ({ ...wholeWords(shown, { start: place(start), end: place(end) }), style })) };
}

/** A span, widened to the bounds of the words it begins and ends in. */
function wholeWords(text: string, { start, end }: Span): Span {
  if (start >= end) return { start, end: start };
  const insideWord = (at: number) => {
    const around = text.slice(at - 1, at + 1);
    return at > 0 && (JOINED.test(around) || [...around].length < around.length);
  };
  let [from, to] = [start, end];
  while (insideWord(from)) from--;
  while (insideWord(to)) to++;
  return { start: from, end: to };
}

/**
 * Breaks a text into lines and orders each for the eye, after the Unicode Bidirectional Algorithm (UAX #9). It is pure; what it knows of
 * fonts is `measure`. Words are measured one by one, so that a line is exactly as wide as its runs.
 *
 * @returns `undefined` where the text needs more than `maxLines`. A line is wider than `width` only where a single character is.
 */
export function breakLines(styled: StyledText, layout: LineLayout): Line[] | undefined {
  const lines: Line[] = [];
  let line: Chunk[] = [];
  let width = 0;
  for (const chunk of chunks(styled, layout)) {
    if (!chunk.space && line.length > 0 && width + chunk.width > layout.width) {
      if (lines.length + 1 >= layout.maxLines) return undefined;
      lines.push(toLine(line));
      line = [];
      width = 0;
    }
    line.push(chunk);
    width += chunk.width;
  }
  if (line.length > 0) lines.push(toLine(line));
  return lines;
}

/** No word is this long, in code points; what is may be broken here, so that nothing endless is ever measured. */
const WORD = / |[^ ]{1,200}/gu;

function* chunks(styled: StyledText, layout: LineLayout): Generator<Chunk> {
  const cut = cutter(styled, layout);
  for (const { 0: word, index } of styled.text.matchAll(WORD)) {
    const whole = cut(index, index + word.length);
    if (whole.width <= layout.width) yield whole;
    else yield* parts(word, index, cut, layout.width);
  }
}

/** A word that is longer than a line, in parts as long as a line: whole characters, at least one. */
function* parts(word: string, index: number, cut: Cut, width: number): Generator<Chunk> {
  const bounds = [...graphemes.segment(word)].map((grapheme) => index + grapheme.index);
  bounds.push(index + word.length);
  for (let from = 0; from < bounds.length - 1; ) {
    const part = (count: number) => cut(bounds[from] ?? 0, bounds[from + count] ?? 0);
    const count = Math.max(
      1,
      largest(bounds.length - 1 - from, (n) => part(n).width <= width),
    );
    yield part(count);
    from += count;
  }
}

type Cut = (start: number, end: number) => Chunk;

/** Cuts a stretch of a text where style or level change. */
function cutter({ text, styles }: StyledText, { direction, measure }: LineLayout): Cut {
  const { levels } = bidi.getEmbeddingLevels(text.replace(/[\u{10000}-\u{10ffff}]/gu, standIn), direction);
  const styleAt = new Array<Style>(text.length).fill('context');
  for (const { start, end, style } of styles) styleAt.fill(style, start, end);
  return (start, end) => {
    const pieces: Piece[] = [];
    let from = start;
    for (let to = start + 1; to <= end; to++) {
      if (to < end && styleAt[to] === styleAt[from] && levels[to] === levels[from]) continue;
      const style = styleAt[from] ?? 'context';
      const part = withoutBidiControls(text.slice(from, to));
      pieces.push({ start: from, end: to, text: part, style, level: levels[from] ?? 0, width: measure(part, style) });
      from = to;
    }
    return { pieces, width: sum(pieces), space: text[start] === ' ' };
  };
}

/** bidi-js reads one UTF-16 unit at a time and takes half an emoji for a Latin letter; ☺ is as neutral as an emoji, letter by letter as long. */
function standIn(character: string): string {
  return /\p{L}/u.test(character) ? character : '\u263a\u263a';
}

function toLine(chunks: readonly Chunk[]): Line {
  const last = chunks.at(-1);
  const pieces = (last?.space ? chunks.slice(0, -1) : chunks).flatMap((chunk) => chunk.pieces);
  let x = 0;
  const runs = visualOrder(pieces).map(({ start, end, text, style, level, width }): Run => {
    x += width;
    return { start, end, text, style, direction: level % 2 === 1 ? 'rtl' : 'ltr', x: x - width, width };
  });
  return { start: pieces[0]?.start ?? 0, end: last?.pieces.at(-1)?.end ?? 0, runs, width: x };
}

/** Rule L2 of UAX #9: from the highest level to the lowest odd one, whatever is at that level or above is reversed. */
function visualOrder(pieces: readonly Piece[]): Piece[] {
  const ordered = [...pieces];
  for (let level = Math.max(0, ...pieces.map((piece) => piece.level)); level > 0; level--) {
    for (let from = 0; from < ordered.length; from++) {
      let to = from;
      while ((ordered[to]?.level ?? 0) >= level) to++;
      ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = to;
    }
  }
  return ordered;
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((total, piece) => total + piece.width, 0);
}

/** The largest of 0 … `limit` for which `holds`, by halving; 0 where it holds for none. */
export function largest(limit: number, holds: (n: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
