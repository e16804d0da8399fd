import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Card, drawCard } from '../../src/card/card.ts';
import { excerpt } from '../../src/card/excerpt.ts';
import { font, registerFont } from '../../src/card/fonts.ts';
import { breakLines, drawable, type Line, type LineLayout, type Measure, type StyledText } from '../../src/card/layout.ts';
import { compose } from '../../src/corpus/formats/extracted.ts';
import { parseExtracted, parseReport } from '../../src/corpus/parse.ts';
import { isolate } from '../../src/text/bidi.ts';
import { HOSTILE } from '../fixtures/hostile.ts';

const WIDTH = 1_200;
const MARGIN = 88;
const TINT = [0xe0, 0xf1, 0xe7];
const PAPER = [0xfc, 0xfb, 0xf8];

/** A font in which every character is 10 wide, bold ones 13, and marks take no room. */
const mono: Measure = (text, style) => [...text.replace(/\p{M}/gu, '')].length * (style === 'strong' ? 13 : 10);
const narrow: LineLayout = { direction: 'rtl', width: 300, maxLines: Number.POSITIVE_INFINITY, measure: mono };

const piece = fc.constantFrom(
  'كلمة',
  'القاعدة،',
  'بِسْمِ',
  'گفت\u200cوگو',
  'Example',
  '(HIMARS)',
  '“حقل',
  'العمر”',
  '12–15',
  '٣٫٥٪',
  '$9.99',
  '«',
  '😀👍🏽',
  '\ud83d',
  '\u202e',
  '\u2067',
  '\u0000',
  '\u0007x',
  '\n',
  '\u00a0',
  'שלום',
  '日本',
  '\u0300'.repeat(30),
  'ا'.repeat(120),
  'w'.repeat(500),
);
const texts = fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => pieces.join(' '));
const cuts = fc.array(fc.nat(2_000), { maxLength: 8 });

/** A quote and what stands out in it, anywhere, also where a word or a surrogate pair would be cut. */
function styled(text: string, marks: readonly number[]): StyledText {
  const places = marks.map((mark) => mark % (text.length + 1)).sort((a, b) => a - b);
  const [first = 0, ...rest] = places;
  const strong = rest.flatMap((start, i) => (i % 2 === 0 ? [{ start, end: rest[i + 1] ?? start, style: 'strong' as const }] : []));
  return drawable(text, [{ start: first, end: places.at(-1) ?? first, style: 'quote' }, ...strong]);
}

function logical(line: Line): string {
  return [...line.runs]
    .sort((a, b) => a.start - b.start)
    .map((run) => run.text)
    .join('');
}

describe('lines', () => {
  test('show the text once and whole, in order, none wider than it may be, for any text, quote and direction', () => {
    fc.assert(
      fc.property(texts, cuts, fc.constantFrom('rtl' as const, 'ltr' as const), (text, marks, direction) => {
        const shown = styled(text, marks);
        const lines = breakLines(shown, { ...narrow, direction }) ?? [];
        let at = 0;
        for (const line of lines) {
          expect(line.start).toBe(at);
          expect(logical(line)).toBe(shown.text.slice(line.start, line.end).replace(/ $/u, ''));
          let x = 0;
          for (const run of line.runs) {
            expect(run.x).toBe(x);
            x += mono(run.text, run.style);
          }
          expect(line.width).toBe(x);
          expect(line.width).toBeLessThanOrEqual(narrow.width);
          at = line.end;
        }
        expect(at).toBe(shown.text.length);
      }),
      { numRuns: 300 },
    );
  });

  test('are as full as they can be', () => {
    const lines = breakLines(drawable('aaaa bbbb cccc dddd'), { ...narrow, direction: 'ltr', width: 90 }) ?? [];
    expect(lines.map(logical)).toEqual(['aaaa bbbb', 'cccc dddd']);
    expect(breakLines(drawable('aaaa bbbb cccc dddd'), { ...narrow, width: 90, maxLines: 1 })).toBeUndefined();
  });

  test('never change style or run between letters that join', () => {
    fc.assert(
      fc.property(texts, cuts, (text, marks) => {
        const shown = styled(text, marks);
        for (const { start, end } of shown.styles) {
          for (const at of start < end ? [start, end] : []) expect(shown.text.slice(at - 1, at + 1)).not.toMatch(/^\p{L}[\p{L}\p{M}]$/u);
        }
      }),
    );
    const { styles } = drawable('في القاعدة الأميركية', [{ start: 5, end: 13, style: 'strong' }]);
    expect(styles).toEqual([{ start: 3, end: 20, style: 'strong' }]);
  });

  test('are what is left of a text without what nobody sees, and its quote is where it was', () => {
    const source = '\u202eقال \u0000\n\t “نعم” \ud800 😀 ';
    const start = source.indexOf('نعم');
    const { text, styles } = drawable(source, [{ start, end: start + 3, style: 'quote' }]);
    expect(text).toBe('قال “نعم” \ufffd 😀');
    expect(text.slice(styles[0]?.start, styles[0]?.end)).toBe('نعم');
  });

  test('keep what is isolated together and in its own order, and draw no mark of it', () => {
    const [line] = breakLines({ text: `¶5 · ص 2 · ${isolate('2024 results')}`, styles: [] }, { ...narrow, width: 2_000 }) ?? [];
    expect(line?.runs.map((run) => run.text).join('')).toBe('2024 results · 2 ص · 5¶');
  });

  test.each([
    ['rtl', 'قال مدير (Example Media) إن 12–15 من “حقل العمر” [7/ب] و+12% و1,200 سقطت 😀 «قاعدة»، وv2.0.1 بسعر $9.99 أو ٩٫٩٩.'],
    ['rtl', 'HIMARS (هيمارس) 24-EM: ٢٠١٩–٢٠٢٠، ثم 5%!'],
    ['ltr', 'Mariam (مريم حداد 12، ثم 15), who said “نعم، yes” 😀 مرحبا 😀 بكم in 2019–2020!'],
  ] as const)('stand in the order in which the canvas itself draws a whole line: %s %s', (direction, text) => {
    registerFont();
    const draw = (paint: (context: ReturnType<typeof context2d>) => void) => {
      const context = context2d();
      paint(context);
      return context.getImageData(0, 0, 2_400, 100).data;
    };
    const context2d = () => {
      const context = createCanvas(2_400, 100).getContext('2d');
      context.font = font('regular', 40);
      context.textAlign = 'left';
      return context;
    };
    const measuring = context2d();
    const [line] = breakLines(drawable(text), { ...narrow, direction, width: 2_400, measure: (part) => measuring.measureText(part).width }) ?? [];
    const ours = draw((context) => {
      for (const run of line?.runs ?? []) {
        context.direction = run.direction;
        context.fillText(run.text, 20 + run.x, 60);
      }
    });
    const theirs = draw((context) => {
      context.direction = direction;
      context.fillText(text, 20, 60);
    });
    let ink = 0;
    let different = 0;
    for (let i = 3; i < theirs.length; i += 4) {
      ink += theirs[i] ?? 0;
      different += Math.abs((theirs[i] ?? 0) - (ours[i] ?? 0));
    }
    // Two runs that changed places would differ by a twentieth and more.
    expect(different / ink).toBeLessThan(0.01);
  });
});

describe('an excerpt', () => {
  const words = Array.from({ length: 400 }, (_, i) => `كلمة${i}`);
  const paragraph = words.join(' ');
  const layout: LineLayout = { ...narrow, width: 500, maxLines: 6 };
  const span = (from: number, to: number) => {
    const start = words.slice(0, from).join(' ').length + (from > 0 ? 1 : 0);
    return { start, end: start + words.slice(from, to).join(' ').length };
  };

  test('is all of a text that fits', () => {
    expect(excerpt(drawable('كلمة وكلمة'), [{ start: 0, end: 4 }], layout).text).toBe('كلمة وكلمة');
  });

  test('is a window around the quote, as large as fits, an ellipsis where it was cut', () => {
    const { text, lines } = excerpt(drawable(paragraph), [span(200, 204)], layout);
    const inside = /^… (.*) …$/u.exec(text)?.[1] ?? '';
    expect(paragraph).toContain(` ${inside} `);
    const shown = inside.split(' ');
    const at = shown.indexOf('كلمة200');
    expect(shown.slice(at, at + 4)).toEqual(words.slice(200, 204));
    expect(Math.abs(at - (shown.length - at - 4))).toBeLessThanOrEqual(1);
    expect(lines).toHaveLength(6);
  });

  test('at an end of the paragraph has no ellipsis there', () => {
    expect(excerpt(drawable(paragraph), [span(0, 2)], layout).text).toMatch(/^كلمة0 كلمة1 .* …$/u);
    expect(excerpt(drawable(paragraph), [span(398, 400)], layout).text).toMatch(/^… .* كلمة399$/u);
  });

  test('of a quote that is too long shows what stands out in it, and nothing but the quote', () => {
    const { text } = excerpt(drawable(paragraph), [span(100, 300), span(290, 292)], layout);
    expect(text).toContain('كلمة290 كلمة291');
    expect(text).toContain('كلمة299 …');
    expect(text).not.toContain('كلمة300');
    expect(excerpt(drawable(paragraph), [span(100, 300)], layout).text).toMatch(/^… كلمة100 /u);
  });

  test('of any text fits', () => {
    fc.assert(
      fc.property(texts, cuts, (text, marks) => {
        const shown = styled(text.repeat(3), marks);
        const { lines } = excerpt(shown, shown.styles.slice(0, 2), layout);
        expect(lines.length).toBeGreaterThan(shown.text === '' ? -1 : 0);
        expect(lines.length).toBeLessThanOrEqual(layout.maxLines);
      }),
      { numRuns: 50 },
    );
  });
});

const ARABIC = 'سقط الجسر القديم فجر الأحد. وقالت الشرطة (HIMARS) إن أحدا لم يصب بأذى، وإنها أغلقت الطريق المؤدي إليه من الجهتين حتى إشعار آخر، وفق بيان لها.';
const ENGLISH = 'The bridge fell at dawn. Nobody was hurt, police said (الشرطة), and the road that leads to it was closed on both sides until further notice.';

/** A card of a report whose second paragraph is `text`, of which `quote` is quoted and `strong` stands out. */
function cardOf(text: string, quote: string, strong?: string): Card {
  const document = parseReport('r', `${text === ENGLISH ? 'Old bridge collapses' : 'انهيار جسر قديم'}\n\nمقدمة.\n\n${text}`);
  const passage = document.passages[2];
  if (passage === undefined || !passage.text.includes(quote)) throw new Error('The test has no such quote');
  const start = passage.start + passage.text.indexOf(quote);
  const at = strong === undefined ? 0 : document.source.indexOf(strong, start);
  const highlights = strong === undefined ? [] : [{ start: at, end: at + strong.length }];
  return { document, citation: { passage: 2, start, end: start + quote.length, highlights }, status: 'answered', language: text === ENGLISH ? 'en' : 'ar' };
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Leftmost, rightmost, highest and lowest pixel that is of the colour, or with `not` that is not. */
  box(colour: readonly number[], where?: { not?: boolean; from?: number; to?: number }): { left: number; right: number; top: number; bottom: number };
  /** The widest stretch of columns without ink between two with ink, in some rows. */
  gap(from: number, to: number): { left: number; right: number };
}

async function pixelsOf(png: Buffer): Promise<Pixels> {
  const image = await loadImage(png);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return {
    width,
    height,
    box(colour, { not = false, from = 0, to = height } = {}) {
      const box = { left: Number.POSITIVE_INFINITY, right: -1, top: Number.POSITIVE_INFINITY, bottom: -1 };
      for (let y = from; y < to; y++) {
        // The accent at the edge is no ink of a line.
        for (let x = 20; x < width - 20; x++) {
          const is = colour.every((value, i) => data[4 * (y * width + x) + i] === value);
          if (is === not) continue;
          box.left = Math.min(box.left, x);
          box.right = Math.max(box.right, x);
          box.top = Math.min(box.top, y);
          box.bottom = Math.max(box.bottom, y);
        }
      }
      return box;
    },
    gap(from, to) {
      const gap = { left: 0, right: 0 };
      let last = width;
      for (let x = 20; x < width - 20; x++) {
        const inked = Array.from({ length: to - from }, (_, i) => 4 * ((from + i) * width + x)).some((at) => PAPER.some((value, i) => data[at + i] !== value));
        if (!inked) continue;
        if (x - last > gap.right - gap.left) Object.assign(gap, { left: last, right: x });
        last = x;
      }
      return gap;
    },
  };
}

describe('a card', () => {
  test('is a PNG, 1,200 pixels wide', async () => {
    const png = await drawCard(cardOf(ARABIC, ARABIC, 'فجر الأحد'));
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(png.readUInt32BE(16)).toBe(WIDTH);
    expect(png.readUInt32BE(20)).toBeLessThan(900);
  });

  test('tints the quote alone, on the side where its paragraph begins', async () => {
    const right = (await pixelsOf(await drawCard(cardOf(ARABIC, 'سقط الجسر القديم')))).box(TINT);
    expect(right.right).toBeGreaterThan(WIDTH - MARGIN);
    expect(right.right).toBeLessThan(WIDTH - MARGIN + 10);
    expect(right.left).toBeGreaterThan(WIDTH / 2);
    expect(right.bottom - right.top).toBeLessThan(74);
    const left = (await pixelsOf(await drawCard(cardOf(ENGLISH, 'The bridge fell')))).box(TINT);
    expect(left.left).toBeLessThan(MARGIN);
    expect(left.left).toBeGreaterThan(MARGIN - 10);
    expect(left.right).toBeLessThan(WIDTH / 2);
    const all = (await pixelsOf(await drawCard(cardOf(ARABIC, ARABIC)))).box(TINT);
    expect(all.bottom - all.top).toBeGreaterThan(2 * 74);
    expect(all.left).toBeLessThan(WIDTH / 3);
  });

  test('aligns Arabic lines right and English lines left, within the margins', async () => {
    for (const [text, quote] of [
      [ARABIC, 'سقط الجسر القديم فجر الأحد.'],
      [ENGLISH, 'The bridge fell at dawn.'],
    ] as const) {
      const pixels = await pixelsOf(await drawCard(cardOf(text, quote)));
      const body = pixels.box(TINT).top;
      let shortest = WIDTH;
      for (let line = 1; line < 3; line++) {
        const ink = pixels.box(PAPER, { not: true, from: body + line * 74, to: body + line * 74 + 60 });
        expect(ink.left).toBeGreaterThan(MARGIN - 6);
        expect(ink.right).toBeLessThan(WIDTH - MARGIN + 6);
        if (text === ARABIC) expect(ink.right).toBeGreaterThan(WIDTH - MARGIN - 12);
        else expect(ink.left).toBeLessThan(MARGIN + 12);
        shortest = Math.min(shortest, ink.right - ink.left);
      }
      expect(shortest).toBeLessThan(WIDTH - 2 * MARGIN - 12);
    }
  });

  test.each([
    ['en', ENGLISH, 'Repairs of the bridge'],
    ['ar', ARABIC, 'إصلاح الجسر'],
  ] as const)('names page and heading beside the brand, and cuts a heading that would reach it: %s', async (language, text, heading) => {
    const gap = async (title?: string) => {
      const above = title === undefined ? [] : [{ kind: 'heading', text: title } as const];
      const page = title === undefined ? {} : { page: 2 };
      const document = parseExtracted('r.pdf', compose([{ kind: 'paragraph', text: 'عنوان' }, ...above, { kind: 'paragraph', text, ...page }], {}));
      const { start, end } = document.passages[1] ?? { start: 0, end: 0 };
      const pixels = await pixelsOf(await drawCard({ document, citation: { passage: 1, start, end, highlights: [] }, status: 'answered', language }));
      const { left, right } = pixels.gap(pixels.height - 104, pixels.height - 60);
      return language === 'en' ? { label: left, brand: right, width: right - left } : { label: WIDTH - right, brand: WIDTH - left, width: right - left };
    };
    const [number, short, long] = [await gap(), await gap(heading), await gap(`${heading} `.repeat(20))];
    expect(short.label).toBeGreaterThan(number.label + 150);
    expect(long.label).toBeGreaterThan(WIDTH / 2);
    expect(long.width).toBeGreaterThanOrEqual(36);
    expect([short.brand, long.brand]).toEqual([number.brand, number.brand]);
  });

  test('says where a quote only comes near, shows the question, and does not head a title with itself', async () => {
    const card = cardOf(ARABIC, 'سقط الجسر القديم');
    const height = async (of: Card) => (await drawCard(of)).readUInt32BE(20);
    const plain = await height(card);
    expect(await height({ ...card, status: 'related' })).toBeGreaterThan(plain + 40);
    expect(await height({ ...card, question: 'متى سقط الجسر؟' })).toBeGreaterThan(plain + 40);
    const [title] = card.document.passages;
    if (!title) throw new Error('The report has no title');
    expect(await height({ ...card, citation: { passage: 0, start: title.start, end: title.end, highlights: [] } })).toBeLessThan(plain - 2 * 74);
  });

  test('is drawn with its own font, in both weights', async () => {
    await drawCard(cardOf(ARABIC, ARABIC));
    const family = GlobalFonts.families.find((known) => known.family === 'Isnad Plex');
    expect(family?.styles.map((style) => style.weight).sort()).toEqual([400, 700]);
  });

  test('of a passage that is not there is refused', async () => {
    const card = cardOf(ARABIC, ARABIC);
    await expect(drawCard({ ...card, citation: { ...card.citation, passage: 9 } })).rejects.toThrow('r has no passage 9');
  });

  test.each([...HOSTILE, { name: 'one word of 100,000 letters', text: 'لا'.repeat(50_000) }])('is drawn of any text: $name', async ({ text }) => {
    const document = parseReport('r', `${text.slice(0, 500)} عنوان\n\nمقدمة.\n\n${text.replace(/\s+/gu, ' ')} نهاية`);
    const passage = document.passages.at(-1);
    if (!passage) throw new Error('The report is empty');
    const citation = { passage: passage.number, start: passage.start, end: passage.end, highlights: [] };
    const png = await drawCard({ document, citation, status: 'related', language: 'ar', question: text });
    expect(png.readUInt32BE(20)).toBeLessThan(2_000);
  });

  test('is drawn of any text and any quote in it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, cuts, async (text, marks) => {
        const document = parseReport('r', `عنوان\n\nمقدمة.\n\n${text.replace(/\s+/gu, ' ')} نهاية`);
        const passage = document.passages.at(-1);
        if (!passage) throw new Error('The report is empty');
        const [start = 0, from = 0, to = 0, end = passage.text.length] = [...marks].sort((a, b) => a - b).map((m) => m % (passage.text.length + 1));
        const at = (offset: number) => passage.start + offset;
        const citation = { passage: passage.number, start: at(start), end: at(end), highlights: [{ start: at(from), end: at(to) }] };
        const png = await drawCard({ document, citation, status: 'answered', language: 'en', question: text });
        expect(png.readUInt32BE(16)).toBe(WIDTH);
        expect(png.readUInt32BE(20)).toBeLessThan(2_000);
      }),
      { numRuns: 25 },
    );
  });

  test('takes less than 200 ms of a processor', async () => {
    const card = cardOf(ARABIC, 'سقط الجسر القديم فجر الأحد.', 'فجر الأحد');
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      const before = process.cpuUsage();
      await drawCard(card);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
    }
    expect(Math.min(...times)).toBeLessThan(200);
  });
});
