import { AnnotationMode, getDocument, OPS, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { compose, type Extracted } from './extracted.ts';
import { sensible } from './metadata.ts';
import { blocksOfPages, type Line } from './pdf-blocks.ts';
import { UnreadableFile } from './unreadable.ts';

/** A title that a program made up. */
const NO_TITLE = /^(untitled|document\d*|microsoft word\b.*|.*\.(docx?|pdf|indd|odt|rtf|txt|tex|html?))$/iu;
/** In the names of bold fonts. */
const BOLD = /bold|black|heavy|cmbx/iu;
const LETTER = /\p{L}/u;
const PAGE_NUMBER = /^\P{L}*\p{N}\P{L}*$/u;
const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}]/gu;
const LTR = /\p{Script=Latin}/gu;

/** A piece of a line, drawn in one go. */
type Piece = Omit<Line, 'page'>;

/** Reads a PDF: paragraphs and headings with the page on which each begins. Running heads and page numbers are left out. */
export async function extractPdf(bytes: Uint8Array): Promise<Extracted> {
  if (!Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-')) throw new UnreadableFile({ why: 'no PDF' });
  const task = getDocument({
    data: new Uint8Array(bytes),
    disableFontFace: true,
    useSystemFonts: false,
    isEvalSupported: false,
    maxImageSize: 1,
    verbosity: 0,
  });
  const pdf = await task.promise.catch((error: Error) => {
    if (error.name === 'PasswordException') throw new UnreadableFile({ why: 'encrypted' });
    throw error;
  });
  const pages: Line[][] = [];
  for (let number = 1; number <= pdf.numPages; number++) pages.push(await linesOf(pdf, number));
  const blocks = blocksOfPages(withoutRunningHeads(pages));
  if (blocks.length === 0) throw new UnreadableFile({ why: 'pictures only' });
  const { info } = (await pdf.getMetadata()) as { info: { Title?: string; CreationDate?: string; Language?: string } };
  const title = info.Title?.trim();
  const date = /^D:(\d{4})(\d{2})(\d{2})/u.exec(info.CreationDate ?? '');
  await task.destroy();
  return compose(
    blocks,
    sensible({ title: title && !NO_TITLE.test(title) ? title : undefined, date: date?.slice(1).join('-'), language: info.Language, link: undefined }),
  );
}

/** Lines of a page in the order in which it was written, so that columns stay apart; each in logical order. */
async function linesOf(pdf: PDFDocumentProxy, number: number): Promise<Line[]> {
  const page = await pdf.getPage(number);
  // Normalised only when the letters are in order: `lam-alef` is one letter there, and two of which neither may come first.
  const { items, styles } = await page.getTextContent({ disableNormalization: true });
  mendLigatures(
    items.filter((item) => 'str' in item),
    await glyphsOf(page),
  );
  const bold = new Set(Object.keys(styles).filter((font) => BOLD.test(nameOfFont(page, font))));
  const lines: Line[] = [];
  let pieces: Piece[] = [];
  const flush = () => {
    if (pieces.length > 0) lines.push({ ...lineOf(pieces), page: number });
    pieces = [];
  };
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const [, b = 0, c = 0, d = 0, left = 0, baseline = 0] = item.transform as number[];
    const size = Math.hypot(c, d) || Math.abs(b);
    const piece = { text: item.str, left, right: left + item.width, baseline, size, smallest: size, bold: bold.has(item.fontName) };
    const last = pieces.at(-1);
    if (last && Math.abs(last.baseline - baseline) > Math.max(last.size, piece.size) / 2) flush();
    pieces.push(piece);
  }
  flush();
  page.cleanup();
  return lines;
}

/** What each glyph of a page stands for, in the order in which they are shown. */
async function glyphsOf(page: PDFPageProxy): Promise<string[]> {
  const { fnArray, argsArray } = await page.getOperatorList({ annotationMode: AnnotationMode.DISABLE });
  const shown = fnArray.flatMap((operator, i) => (operator === OPS.showText ? (argsArray[i] as [(Glyph | number | null)[]])[0] : []));
  return shown.flatMap((glyph) => (typeof glyph === 'object' && glyph ? [withoutSpace(glyph.unicode)] : [])).filter((text) => text !== '');
}

interface Glyph {
  readonly unicode: string;
}

/** Name of a font as its file has it (`ABCDEF+Amiri-Bold`): known once the page's glyphs are. */
function nameOfFont({ commonObjs }: PDFPageProxy, font: string): string {
  const known = commonObjs.has(font) ? (commonObjs.get(font) as { readonly name?: string } | null) : undefined;
  return known?.name ?? '';
}

/**
 * pdf.js reverses a right-to-left piece letter by letter, those of a ligature (`لا`, `في`) too, which stand in reading order already. So these are
 * turned back: a glyph with n letters to its right on the page has n before it in the piece.
 */
function mendLigatures(items: { str: string; readonly dir: string }[], glyphs: readonly string[]): void {
  let next = 0;
  for (const item of items) {
    const letters = item.str.split('');
    const places = letters.flatMap((letter, i) => (letter.trim() === '' ? [] : [i]));
    let right = places.length;
    while (right > 0) {
      const glyph = glyphs[next++];
      // Not the glyphs of this piece: nothing is known of the ligatures from here on.
      if (glyph === undefined || glyph.length > right) return;
      right -= glyph.length;
      if (item.dir !== 'rtl' || glyph.length === 1 || !isRightToLeft(glyph)) continue;
      const own = places.slice(right, right + glyph.length);
      if (own.map((i) => letters[i]).join('') !== [...glyph].reverse().join('')) continue;
      for (const [k, i] of own.entries()) letters[i] = glyph[k] ?? '';
    }
    item.str = letters.join('');
  }
}

function withoutSpace(text: string): string {
  return text.replace(/\s/gu, '');
}

/** Pieces of one line, put together as it is read: from the right where most of it is written so. */
function lineOf(pieces: readonly Piece[]): Piece {
  const all = pieces.map(({ text }) => text).join('');
  const rightToLeft = isRightToLeft(all);
  const order = inReadingOrder(pieces, rightToLeft);
  let text = '';
  for (const [i, piece] of order.entries()) {
    const before = order[i - 1];
    const gap = before ? Math.max(piece.left - before.right, before.left - piece.right) : 0;
    text += (before && gap > piece.size * 0.15 ? ' ' : '') + piece.text;
  }
  const words = pieces.filter((piece) => LETTER.test(piece.text));
  return {
    text,
    left: Math.min(...pieces.map(({ left }) => left)),
    right: Math.max(...pieces.map(({ right }) => right)),
    baseline: pieces[0]?.baseline ?? 0,
    size: Math.max(...pieces.map(({ size }) => size)),
    smallest: words.length > 0 ? Math.min(...words.map(({ smallest }) => smallest)) : 0,
    bold: words.length > 0 && words.every((piece) => piece.bold),
  };
}

/** From the right, but pieces of the other direction that follow one another from the left. */
function inReadingOrder(pieces: readonly Piece[], rightToLeft: boolean): Piece[] {
  const fromLeft = [...pieces].sort((a, b) => a.left - b.left);
  const runs: Piece[][] = [];
  for (const piece of fromLeft) {
    const run = runs.at(-1);
    const same = run?.[0] && isRightToLeft(run[0].text) === isRightToLeft(piece.text);
    if (run && same) run.push(piece);
    else runs.push([piece]);
  }
  const read = runs.map((run) => (isRightToLeft(run[0]?.text ?? '') ? run.reverse() : run));
  return (rightToLeft ? read.reverse() : read).flat();
}

function isRightToLeft(text: string): boolean {
  return (text.match(RTL)?.length ?? 0) > (text.match(LTR)?.length ?? 0);
}

/** Without the first and last lines that most pages have in common, numbers aside, and without page numbers. A title repeated in smaller letters stays. */
function withoutRunningHeads(pages: readonly Line[][]): Line[][] {
  const keyOf = (line: Line | undefined) => `${line?.text.replace(/\p{N}+/gu, '#').trim() ?? ''}\n${Math.round(line?.size ?? 0)}`;
  const times = new Map<string, number>();
  for (const page of pages) for (const key of new Set([keyOf(page[0]), keyOf(page.at(-1))])) times.set(key, (times.get(key) ?? 0) + 1);
  const running = (line: Line) => PAGE_NUMBER.test(line.text) || (pages.length > 2 && (times.get(keyOf(line)) ?? 0) > pages.length / 2);
  return pages.map((page) => page.filter((line, i) => !((i === 0 || i === page.length - 1) && running(line))));
}
