import { createHash } from 'node:crypto';
import { sentences, trim } from '../text/sentences.ts';
import type { Span } from '../text/span.ts';
import type { Document, Passage, Place } from './document.ts';
import type { Extracted } from './formats/extracted.ts';
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
  return documentOf(id, source, sha256, paragraphs(source));
}

/**
 * The same of a text extracted from another format. Headings are no passages: they are the places of those below them.
 *
 * @returns the document; `passages` is empty when the text holds nothing but furniture
 */
export function parseExtracted(id: string, { text, blocks, metadata }: Extracted): Document {
  const spans: (Span & { readonly place?: Place })[] = [];
  let heading: string | undefined;
  for (const { start, end, kind, page } of blocks) {
    const content = text.slice(start, end);
    if (kind !== 'title' && endsArticle(content) && hasArticle(text, spans)) break;
    // A heading is short, and may well be made of a page's words ("Opening hours").
    if (kind === 'heading') heading = content;
    else if (isFurniture(content)) continue;
    else if (kind === 'title') spans.push({ start, end });
    else spans.push({ start, end, ...placeOf(page, heading) });
  }
  const { title: _, ...told } = metadata;
  return { ...documentOf(id, text, sha256Of(JSON.stringify([text, blocks])), spans), ...told };
}

function placeOf(page: number | undefined, heading: string | undefined): { readonly place?: Place } {
  if (page === undefined && heading === undefined) return {};
  return { place: { ...(page !== undefined && { page }), ...(heading !== undefined && { heading }) } };
}

function documentOf(id: string, source: string, sha256: string, spans: readonly (Span & { readonly place?: Place })[]): Document {
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
        if (hasArticle(source, result)) return result;
      } else if (!isFurniture(text)) result.push(span);
    }
  }
  return result;
}

/** Between headline and article, "3 Comments" is a link to them. */
function hasArticle(source: string, spans: readonly Span[]): boolean {
  return spans.length > 2 || spans.some(({ start, end }) => SENTENCE_END.test(source.slice(start, end)));
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
