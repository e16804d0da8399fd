import { createHash } from 'node:crypto';
import { sentences, trim } from '../text/sentences.ts';
import type { Span } from '../text/span.ts';
import type { Document, Passage } from './document.ts';
import { endsArticle, isFurniture } from './furniture.ts';

const BLANK_LINE = /\r?\n(?:[^\S\n]*\r?\n)+/gu;
const LINE = /[^\r\n]+/gu;
const SENTENCE_END = /[.؟?!۔…]["'”’»)\]]*$/u;
/** A standfirst is a headline in prose; longer than this it is a paragraph. UTF-16 code units. */
const LONGEST_STANDFIRST = 400;
/** Without blank lines, a text of this many lines is taken as one paragraph a line. */
const LINES_WITHOUT_BLANKS = 4;

/**
 * Reads a report: title on the first line, then paragraphs separated by blank lines. Page furniture is left out; nothing else is.
 *
 * @param id name of the document
 * @param source the file's text, untouched
 * @param sha256 of the file's bytes; computed from `source` as UTF-8 when not given
 * @returns the document; `passages` is empty when the text holds nothing but furniture
 */
export function parseReport(id: string, source: string, sha256 = sha256Of(source)): Document {
  const spans = paragraphs(source);
  const passages = spans.map((span, number): Passage => {
    const text = source.slice(span.start, span.end);
    return {
      ...span,
      number,
      kind: number === 0 ? 'title' : number === 1 && isStandfirst(text, spans.length) ? 'standfirst' : 'paragraph',
      text,
      sentences: sentences(text).map((s) => ({ start: s.start + span.start, end: s.end + span.start })),
      translation: undefined,
    };
  });
  return { id, title: passages[0]?.text ?? id, source, sha256, translationSha256: undefined, passages };
}

/** SHA-256 in hexadecimal. */
export function sha256Of(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function paragraphs(source: string): Span[] {
  const result: Span[] = [];
  const blocks = splitBlocks(source);
  for (const block of blocks) {
    for (const span of splitBlock(source, block, result.length === 0)) {
      const text = source.slice(span.start, span.end);
      if (endsArticle(text)) {
        // Between headline and article, "3 Comments" is a link to them.
        if (result.length > 2 || result.some(({ start, end }) => SENTENCE_END.test(source.slice(start, end)))) return result;
      } else if (!isFurniture(text)) result.push(span);
    }
  }
  return result;
}

function splitBlocks(source: string): Span[] {
  const blocks: Span[] = [];
  let start = source.startsWith('\ufeff') ? 1 : 0;
  for (const gap of source.matchAll(BLANK_LINE)) {
    blocks.push(trim(source, start, gap.index));
    start = gap.index + gap[0].length;
  }
  blocks.push(trim(source, start, source.length));
  return blocks.filter((block) => block.end > block.start);
}

/**
 * A block of several lines is one paragraph wrapped by an editor, unless it holds the title (which is one line), a line of furniture,
 * or the whole text (a report written without blank lines).
 */
function splitBlock(source: string, block: Span, first: boolean): Span[] {
  const lines = [...source.slice(block.start, block.end).matchAll(LINE)]
    .map((line) => trim(source, block.start + line.index, block.start + line.index + line[0].length))
    .filter((line) => line.end > line.start);
  const text = (line: Span) => source.slice(line.start, line.end);
  if (lines.length <= 1) return lines;
  const wholeText = first && source.slice(block.end).trim() === '' && lines.length >= LINES_WITHOUT_BLANKS;
  if (wholeText || lines.some((line) => isFurniture(text(line)) || endsArticle(text(line)))) return lines;
  const [title, second] = lines;
  if (!first || !title || !second) return [block];
  return [title, { start: second.start, end: block.end }];
}

function isStandfirst(text: string, count: number): boolean {
  return count > 2 && text.length <= LONGEST_STANDFIRST && !SENTENCE_END.test(text);
}
