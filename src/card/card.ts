import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { Answer, Citation } from '../answer/answer.ts';
import { placeLabel, wordingFor } from '../answer/wording.ts';
import type { Document } from '../corpus/document.ts';
import { type Direction, directionOfText, isolateTitle } from '../text/bidi.ts';
import type { Span } from '../text/span.ts';
import { excerpt } from './excerpt.ts';
import { font, registerFont } from './fonts.ts';
import { drawable, type Line, type Measure, type Style, type StyledText } from './layout.ts';

/** What a card shows. */
export interface Card {
  readonly document: Document;
  /** A citation of the document, as it is. */
  readonly citation: Pick<Citation, 'passage' | 'start' | 'end' | 'highlights'> & Partial<Pick<Citation, 'answer'>>;
  /** Whether the quote answers the question or only comes near, which the card then says. */
  readonly status: 'answered' | 'related';
  /** Of the question: Isnad's own words are in it. */
  readonly language: Answer['language'];
  /** Shown above when given. */
  readonly question?: string;
}

// All lengths are in pixels of the file: two of them are one of a common screen.
const WIDTH = 1_200;
const MARGIN = 88;
const MEASURE = WIDTH - 2 * MARGIN;
const EDGE = 14;
const RULE = 2;
const SPACE = { top: 72, heading: 14, rule: 34, footer: 40, brand: 40, bottom: 60 };
/** The tint is a little higher than the letters and a little wider. */
const TINT = { height: 0.84, side: 6, radius: 10 };
/** Where letters stand in a line, as a part of its height from the top: Arabic reaches further down than Latin. */
const BASELINE = 0.64;

const BRAND = 'Isnad · إسناد';
const PAPER = '#fcfbf8';
const INK = '#1c2622';
const FAINT = '#7b8580';
const HAIRLINE = '#e3e2dc';
/** The accents are those of the statuses on Discord; tint and strong ink go with them. */
const PALETTE = {
  answered: { accent: '#2e8b57', tint: '#e0f1e7', strong: '#115c36' },
  related: { accent: '#e0a030', tint: '#fbefd6', strong: '#7d5008' },
} as const;

interface Ink {
  readonly weight: 'regular' | 'bold';
  readonly colour: string;
}

/** How a text is set. */
interface Setting {
  readonly size: number;
  readonly lineHeight: number;
  readonly maxLines: number;
  /** Of a line at most. */
  readonly width: number;
  readonly inks: Readonly<Record<Style, Ink>>;
}

/** A text in lines, ready to be drawn. */
interface Block {
  readonly lines: readonly Line[];
  readonly setting: Setting;
  readonly height: number;
  /** The margin at which its lines begin. */
  readonly side: 'left' | 'right';
}

/** What the card of an answer's first citation shows; `undefined` where nothing is cited. */
export function cardOf({ citations: [citation], status, language, question }: Answer, documents: readonly Document[]): Card | undefined {
  const document = documents.find(({ id }) => id === citation?.document);
  return citation && document && (status === 'answered' || status === 'related') ? { document, citation, status, language, question } : undefined;
}

/**
 * Draws a citation as an image to be shared: its quote in the paragraph around it, between the report's title and the place.
 *
 * @returns a PNG 1,200 pixels wide; its height follows from the text, up to a limit. What does not fit is left out with an ellipsis.
 * @throws when the document has no such passage
 */
export async function drawCard({ document, citation, status, language, question }: Card): Promise<Buffer> {
  const passage = document.passages[citation.passage];
  if (!passage) throw new Error(`${document.id} has no passage ${citation.passage}`);
  registerFont();
  const palette = PALETTE[status];
  const wording = wordingFor(language);
  const typeset = typesetter();
  const set = (text: string, setting: Setting) => typeset(drawable(text), directionOfText(text), setting);

  const heading: Block[] = [];
  if (question !== undefined) heading.push(set(question, plain(34, 58, 3, { weight: 'bold', colour: palette.strong })));
  if (status === 'related') heading.push(set(wording.status.related, plain(30, 52, 2, { weight: 'regular', colour: FAINT })));
  // The title has no title.
  if (passage.number > 0) heading.push(set(document.title, plain(44, 70, 3, { weight: 'bold', colour: INK })));

  const inPassage = ({ start, end }: Span, style: Style) => ({ start: start - passage.start, end: end - passage.start, style });
  const strong = citation.answer ? [citation.answer] : citation.highlights;
  const styled = drawable(passage.text, [inPassage(citation, 'quote'), ...strong.map((span) => inPassage(span, 'strong'))]);
  // The quote matters most; where it is too long, the first of what stands out in it.
  const body = typeset(styled, directionOfText(passage.text), bodySetting(palette.strong), styled.styles.slice(0, 2));

  const direction: Direction = language === 'ar' ? 'rtl' : 'ltr';
  const small = plain(28, 44, 1, { weight: 'regular', colour: FAINT });
  const brand = typeset(drawable(BRAND), 'ltr', small);
  const label = placeLabel(passage.number, passage.place, wording, (title) => isolateTitle(drawable(title).text));
  // Both stand in one line: a heading has what room the brand leaves.
  const room = MEASURE - SPACE.brand - Math.max(...brand.lines.map((line) => line.width));
  const place = typeset({ text: label, styles: [] }, direction, { ...small, width: room });

  const ruleTop = heading.reduce((y, block) => y + block.height + SPACE.heading, SPACE.top) - SPACE.heading + SPACE.rule;
  const bodyTop = heading.length > 0 ? ruleTop + RULE + SPACE.rule : SPACE.top;
  const footerTop = bodyTop + body.height + SPACE.footer;
  const canvas = createCanvas(WIDTH, footerTop + place.height + SPACE.bottom);
  const context = canvas.getContext('2d');
  fill(context, PAPER, 0, 0, WIDTH, canvas.height);
  fill(context, palette.accent, body.side === 'right' ? WIDTH - EDGE : 0, 0, EDGE, canvas.height);
  let y = SPACE.top;
  for (const block of heading) {
    drawBlock(context, block, y);
    y += block.height + SPACE.heading;
  }
  if (heading.length > 0) fill(context, HAIRLINE, MARGIN, ruleTop, MEASURE, RULE);
  drawBlock(context, body, bodyTop, palette.tint);
  drawBlock(context, place, footerTop);
  drawBlock(context, { ...brand, side: place.side === 'left' ? 'right' : 'left' }, footerTop);
  return canvas.encode('png');
}

function fill(context: SKRSContext2D, colour: string, x: number, y: number, width: number, height: number): void {
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

/** One ink throughout. */
function plain(size: number, lineHeight: number, maxLines: number, ink: Ink): Setting {
  return { size, lineHeight, maxLines, width: MEASURE, inks: { context: ink, quote: ink, strong: ink } };
}

function bodySetting(strong: string): Setting {
  return {
    size: 40,
    lineHeight: 74,
    maxLines: 12,
    width: MEASURE,
    inks: { context: { weight: 'regular', colour: FAINT }, quote: { weight: 'regular', colour: INK }, strong: { weight: 'bold', colour: strong } },
  };
}

/** Sets texts in lines with the card's font. A width once measured is known: an excerpt is found by trying. */
function typesetter() {
  const context = createCanvas(1, 1).getContext('2d');
  const known = new Map<string, number>();
  return (text: StyledText, direction: Direction, setting: Setting, keep: readonly Span[] = []): Block => {
    const measure: Measure = (part, style) => {
      const css = font(setting.inks[style].weight, setting.size);
      const key = css + part;
      let width = known.get(key);
      if (width === undefined) {
        context.font = css;
        width = context.measureText(part).width;
        known.set(key, width);
      }
      return width;
    };
    const { lines } = excerpt(text, keep, { direction, width: setting.width, maxLines: setting.maxLines, measure });
    return { lines, setting, height: lines.length * setting.lineHeight, side: direction === 'rtl' ? 'right' : 'left' };
  };
}

/** @param tint drawn behind what is not context */
function drawBlock(context: SKRSContext2D, { lines, setting, side }: Block, top: number, tint?: string): void {
  context.textAlign = 'left';
  for (const [i, line] of lines.entries()) {
    const x = side === 'right' ? WIDTH - MARGIN - line.width : MARGIN;
    const y = top + i * setting.lineHeight;
    if (tint !== undefined) drawTint(context, line, x, y, setting.lineHeight, tint);
    for (const run of line.runs) {
      const { weight, colour } = setting.inks[run.style];
      context.font = font(weight, setting.size);
      context.fillStyle = colour;
      context.direction = run.direction;
      context.fillText(run.text, x + run.x, y + setting.lineHeight * BASELINE);
    }
  }
}

/** One rounded patch behind each stretch of the line that is part of the quote. */
function drawTint(context: SKRSContext2D, line: Line, x: number, y: number, lineHeight: number, tint: string): void {
  context.fillStyle = tint;
  const height = lineHeight * TINT.height;
  let from: number | undefined;
  for (const [i, run] of line.runs.entries()) {
    if (run.style === 'context') continue;
    from ??= run.x;
    const next = line.runs[i + 1];
    if (next && next.style !== 'context') continue;
    context.beginPath();
    context.roundRect(x + from - TINT.side, y + (lineHeight - height) / 2, run.x + run.width - from + 2 * TINT.side, height, TINT.radius);
    context.fill();
    from = undefined;
  }
}
