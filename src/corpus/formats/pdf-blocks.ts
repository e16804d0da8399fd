import type { Block } from './extracted.ts';

/** A line of a page, as it is read. Lengths in points. */
export interface Line {
  readonly text: string;
  /** Counts from 1. */
  readonly page: number;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  /** Of its largest letters. */
  readonly size: number;
  /** Of its smallest letters; 0 without any. */
  readonly smallest: number;
  /** Whether all of it is. */
  readonly bold: boolean;
}

/** Lines of one paragraph, heading or title. */
type Lines = readonly [Line, ...Line[]];

/** How most of a document is set. */
interface Body {
  readonly size: number;
  readonly bold: boolean;
}

/** Letters this many times as large as the body's are larger on purpose. */
const LARGER = 1.15;
/** A heading has no more lines, and no more UTF-16 code units. */
const HEADING_LINES = 2;
const HEADING_LENGTH = 120;
const SENTENCE_END = /[.؟?!۔…:]["'”’»)\]]*$/u;
/** Words, but no quote set apart and no line of contents (`Repairs . . . . 5`). */
const HEADING = /^(?!["'“”‘’«»„‹]|.*(?:[.…]\s*){3}).*[\p{L}\p{M}]{2}/u;
/** Goes on with a sentence. */
const CONTINUATION = /^\p{Ll}/u;

/**
 * Paragraphs, headings and title of a PDF, by how its lines are placed and set. In doubt a block is a paragraph: whatever is taken for a heading can't be
 * quoted any more.
 */
export function blocksOfPages(pages: readonly (readonly Line[])[]): Block[] {
  const body = bodyOf(pages.flat());
  const blocks = linesTogether(pages, body);
  const title = titleOf(blocks, body);
  const headings = headingsOf(blocks, Math.max(title, 0), body);
  return blocks.map((lines, i) => ({
    kind: i === title ? 'title' : headings.has(i) ? 'heading' : 'paragraph',
    text: lines.map(({ text }) => text).reduce((text, line) => `${text}${text.endsWith('-') ? '' : ' '}${line}`),
    page: lines[0].page,
  }));
}

function bodyOf(lines: readonly Line[]): Body {
  return { size: ofMost(lines, ({ size }) => Math.round(2 * size) / 2) ?? 0, bold: ofMost(lines, ({ bold }) => bold) ?? false };
}

/** What holds for most letters. */
function ofMost<T>(lines: readonly Line[], property: (line: Line) => T): T | undefined {
  const letters = new Map<T, number>();
  for (const line of lines) letters.set(property(line), (letters.get(property(line)) ?? 0) + line.text.length);
  return [...letters].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A paragraph ends where space is left, the letters change, a short line ends a sentence, or the page goes back up. */
function linesTogether(pages: readonly (readonly Line[])[], body: Body): Lines[] {
  const blocks: [Line, ...Line[]][] = [];
  let last: Line | undefined;
  const spacing = median(pages.flatMap((page) => page.slice(1).flatMap((line, i) => positive((page[i]?.baseline ?? 0) - line.baseline))));
  for (const page of pages) {
    const width = Math.max(...page.map((line) => line.right)) - Math.min(...page.map((line) => line.left));
    for (const line of page) {
      const block = blocks.at(-1);
      if (last && block && continues(last, line, spacing, width, body)) block.push(line);
      else blocks.push([line]);
      last = line;
    }
  }
  return blocks;
}

function continues(last: Line, line: Line, spacing: number, width: number, body: Body): boolean {
  if (Math.abs(last.size - line.size) > 0.1 * line.size) return false;
  const ended = SENTENCE_END.test(last.text.trim());
  const samePage = last.page === line.page;
  // Bold words that were wrapped fill their line; a heading leaves room in it.
  if (last.bold !== line.bold && (ended || !samePage || lengthOf(last) < 0.8 * lengthOf(line))) return false;
  if (!samePage) return !ended;
  const down = last.baseline - line.baseline;
  const leading = isLarger(line, body) ? 1.6 : 1.2;
  if (down < 0 || down > Math.max(1.3 * spacing, leading * line.size) || down > 2.5 * line.size) return false;
  return !(ended && lengthOf(last) < 0.8 * width);
}

/** The largest letters at the top of the first page, if they are larger than the rest; else -1. */
function titleOf(blocks: readonly Lines[], body: Body): number {
  const end = blocks.findIndex((lines) => lines[0].page !== blocks[0]?.[0].page || isProse(lines, body));
  const top = blocks.slice(0, end < 0 ? undefined : end);
  const sizes = top.map((lines) => (lines.every((line) => isLarger(line, body)) ? lines[0].smallest : 0));
  const largest = Math.max(0, ...sizes);
  return largest > 0 ? sizes.indexOf(largest) : -1;
}

/** @param title place of the title among the blocks: what stands before it is no heading */
function headingsOf(blocks: readonly Lines[], title: number, body: Body): ReadonlySet<number> {
  const prose = blocks.findIndex((lines, i) => i > title && isProse(lines, body));
  if (prose < 0) return new Set();
  const found = blocks.flatMap((lines, i) => (i > title && looksLikeHeading(lines, body) && standsOverText(blocks, i) ? [i] : []));
  const below = found.filter((i) => i > prose);
  // Standfirsts and bylines look like headings too: one that is set like those further down stands right above the first paragraph.
  let first = prose;
  while (found.includes(first - 1) && below.some((i) => areAlike(blocks[i], blocks[first - 1]))) first--;
  return new Set(found.filter((i) => i >= first));
}

function looksLikeHeading(lines: Lines, body: Body): boolean {
  const text = lines.map((line) => line.text.trim()).join(' ');
  if (lines.length > HEADING_LINES || text.length > HEADING_LENGTH || !HEADING.test(text) || SENTENCE_END.test(text)) return false;
  return lines.every((line) => isLarger(line, body)) || lines.every((line) => line.bold && !body.bold && line.smallest > 0.95 * body.size);
}

/** Whether a block stands over another kind of text on its page. Blocks of one kind that follow one another are a list, or a text that is all set so. */
function standsOverText(blocks: readonly Lines[], i: number): boolean {
  const [before, lines, next] = [blocks[i - 1], blocks[i], blocks[i + 1]];
  if (!lines || next?.[0].page !== lines[0].page || CONTINUATION.test(next[0].text.trim())) return false;
  return !areAlike(lines, next) && !(before?.[0].page === lines[0].page && areAlike(before, lines));
}

/** Whether they are set in the same letters. */
function areAlike(one: Lines | undefined, other: Lines | undefined): boolean {
  return one?.[0].bold === other?.[0].bold && Math.abs((one?.[0].size ?? 0) - (other?.[0].size ?? 0)) <= 0.1 * (one?.[0].size ?? 0);
}

/** Whether it can only be a paragraph: of some lines, or a whole sentence. */
function isProse(lines: Lines, body: Body): boolean {
  return !lines.every((line) => isLarger(line, body)) && (lines.length > HEADING_LINES || SENTENCE_END.test(lines.at(-1)?.text.trim() ?? ''));
}

function isLarger({ smallest }: Line, { size }: Body): boolean {
  return smallest >= LARGER * size;
}

function lengthOf({ left, right }: Line): number {
  return right - left;
}

function positive(x: number): number[] {
  return x > 0 ? [x] : [];
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
