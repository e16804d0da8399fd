import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../src/answer/answer.ts';
import { wordingFor } from '../../src/answer/wording.ts';
import type { Document, Passage } from '../../src/corpus/document.ts';
import { readReports } from '../../src/corpus/read.ts';
import { answerMessage, documentChoice, passageChoice, passageMessage, plainMessage } from '../../src/discord/render.ts';
import { sourcesMessage } from '../../src/discord/views.ts';
import type { ReportIndex } from '../../src/indexing/report-index.ts';
import { type Direction, opening, withoutBidiControls } from '../../src/text/bidi.ts';
import { detectLanguage, type Language } from '../../src/text/language.ts';
import { testConfig } from '../support/app.ts';
import { Engine, type Line } from './engine.ts';
import { plainLine, type ShownLine, shownLines } from './markdown.ts';
import { expectRead, indent, leftToRight, pieces, ROUNDING, seen } from './reading.ts';

let engine: Engine;
let arabic: Document;
let english: Document;
beforeAll(async () => {
  engine = await Engine.start();
  const seeds = testConfig().seedsFolder;
  const read = async (folder: string) => (await readReports(folder)).documents[0] as Document;
  [arabic, english] = await Promise.all([read(seeds), read(`${seeds}/translations/en`)]);
});
afterAll(() => engine.close());

type Message = ReturnType<typeof answerMessage>;
const START: Readonly<Record<Language, Direction>> = { ar: 'rtl', en: 'ltr' };
const LANGUAGES = ['ar', 'en'] as const;

function embedOf(message: Message) {
  const [embed] = message.embeds ?? [];
  return embed && 'toJSON' in embed ? embed.toJSON() : {};
}

/** The lines that are shown of a message, without the empty ones. */
function linesOf(message: Message): ShownLine[] {
  const { title, description, footer } = embedOf(message);
  return [...shownLines(message.content ?? ''), ...shownLines(title ?? ''), ...shownLines(description ?? ''), plainLine(footer?.text ?? '')].filter(
    ({ runs }) => runs.some(({ text }) => text !== ''),
  );
}

function answerOf(language: Language, citations: readonly Pick<Answer['citations'][number], 'quote' | 'title' | 'passage' | 'highlights'>[]): Answer {
  return {
    question: '',
    searched: '',
    within: undefined,
    language,
    status: 'answered',
    refusal: undefined,
    confidence: 0.93,
    latencyMs: 1,
    stages: {},
    candidates: [],
    citations: citations.map((citation, i) => ({
      ...citation,
      n: i + 1,
      document: 'd',
      start: 0,
      end: citation.quote.length,
      answer: undefined,
      translation: undefined,
      score: 1,
    })),
  };
}

/** An answer that quotes one text: its quote and its place, as lines. */
async function showCitation(language: Language, quote: string, title = 'عنوان', passage = 2, highlights: Answer['citations'][number]['highlights'] = []) {
  const message = answerMessage(answerOf(language, [{ quote, title, passage, highlights }]), false);
  const [, ...lines] = linesOf(message);
  const shown = await engine.show(lines);
  return { quote: shown[0] as Line, place: shown[1] as Line };
}

/** How a paragraph is named. */
function label(number: number, language: Language): string[] {
  return number === 0 ? [wordingFor(language).title] : ['¶', `${number}`];
}

/** Every third word, as a match would be marked. */
function everyThirdWord(text: string): Answer['citations'][number]['highlights'] {
  return [...text.matchAll(/\S+/gu)].filter((_, i) => i % 3 === 1).map(({ 0: word, index }) => ({ start: index, end: index + word.length }));
}

describe('a report', () => {
  test.each(LANGUAGES)('is quoted in reading order, with its places, to a reader of %s', async (language) => {
    for (const [document, direction] of [
      [arabic, 'rtl'],
      [english, 'ltr'],
    ] as const) {
      // A title in the script of the label is read word by word; one in the other script is a piece of its own.
      const title = direction === START[language] ? pieces(document.title) : [document.title];
      for (const { number, text } of document.passages) {
        const shown = await showCitation(language, text, document.title, number, everyThirdWord(text));
        expectRead(shown.quote, direction, pieces(text));
        expectRead(shown.place, START[language], ['[', '1', ']', ...label(number, language), '·', ...title]);
      }
    }
  });

  test('is quoted the same with and without bold words', async () => {
    for (const { text } of [...arabic.passages, ...english.passages]) {
      const plain = await showCitation('ar', text);
      const bold = await showCitation('ar', text, 'عنوان', 2, everyThirdWord(text));
      expect(leftToRight(bold.quote)).toBe(leftToRight(plain.quote));
    }
  });

  test.each(LANGUAGES)('is shown by paragraphs to a reader of %s', async (language) => {
    for (const [document, direction] of [
      [arabic, 'rtl'],
      [english, 'ltr'],
    ] as const) {
      for (const passage of document.passages) {
        const [title, text, ...rest] = (await engine.show(linesOf(passageMessage(document, passage, language)))) as [Line, Line, ...Line[]];
        expectRead(title, direction, pieces(document.title));
        expectRead(text, direction, pieces(passage.text));
        const translated = language === 'en' && passage.translation !== undefined;
        if (translated) expectRead(rest[0] as Line, 'ltr', ['Unofficial', 'translation', ':', ...pieces(passage.translation ?? '')]);
        expectRead(rest[translated ? 1 : 0] as Line, START[language], [...label(passage.number, language), '/', `${document.passages.length - 1}`]);
        const choice = passageChoice(passage).name;
        expectRead((await engine.show([plainLine(choice)]))[0] as Line, direction, pieces(choice));
      }
    }
  });

  test('breaks into lines that begin at the right, one below the other', async () => {
    for (const { text } of arabic.passages) {
      const [line] = await engine.show(linesOf(plainMessage(text, 'ar')), 400);
      if (!line) throw new Error('nothing is shown');
      for (const [i, glyph] of seen(line).entries()) {
        const before = seen(line)[i - 1];
        if (!before || glyph.top > before.bottom - 1) expect(line.right - glyph.right).toBeLessThan(1);
        else expect(before.left - glyph.right, text).toBeGreaterThan(-1);
      }
    }
  });
});

describe('words of our own', () => {
  test('are read in order', async () => {
    for (const language of LANGUAGES) {
      const { status, refusal, failed, noPassage, help, attachments } = wordingFor(language);
      const other = wordingFor(language).otherLanguage(language === 'ar' ? 'العربية والإنجليزية' : 'Arabic and English');
      for (const text of [...Object.values(status), ...Object.values(refusal), other, failed, noPassage(13), help, attachments]) {
        const [line] = await engine.show(linesOf(plainMessage(text, language)));
        expectRead(line as Line, START[language], pieces(text));
      }
    }
  });

  test('the heading and the confidence of an answer are read in order', async () => {
    for (const [language, heading, footer] of [
      ['ar', ['من', 'التقرير', ':'], ['الثقة', '93', '%']],
      ['en', ['The', 'report', 'says', ':'], ['confidence', '93', '%']],
    ] as const) {
      const lines = await engine.show(linesOf(answerMessage(answerOf(language, []), false)));
      expectRead(lines[0] as Line, START[language], heading);
      expectRead(lines[1] as Line, START[language], footer);
    }
  });

  test('what is told of the program keeps foreign names whole', async () => {
    const index = { documents: [arabic, english] } as unknown as ReportIndex;
    const about = { model: 'Xenova/e5-small (q8)', builtAt: new Date('2024-02-05T10:30:00Z'), version: '0.1.0' };
    const lines = await engine.show(linesOf(sourcesMessage(index, about, 'ar')));
    const expected = [
      ['التقارير', '(', '2', ')'],
      ['•', ...pieces(arabic.title), '(', `${arabic.passages.length}`, 'فقرة', '·', 'مع', 'ترجمة', 'إنجليزية', 'غير', 'رسمية', ')'],
      ['•', english.title, '(', `${english.passages.length}`, 'فقرة', ')'],
      ['النموذج', ':', 'Xenova/e5-small (q8)'],
      ['الفهرس', ':', '2024-02-05 10:30 UTC'],
      ['الإصدار', ':', 'Isnad 0.1.0'],
    ];
    for (const [i, read] of expected.entries()) expectRead(lines[i] as Line, 'rtl', read);
  });
});

/** Lines that go wrong where direction is not seen to, and how they are read: Latin runs and numbers in one piece, from the left. */
const HARD: readonly (readonly [line: string, direction: Direction, read: readonly string[]])[] = [
  ['سقطت 12 قذيفة (HIMARS) على القاعدة.', 'rtl', ['سقطت', '12', 'قذيفة', '(', 'HIMARS', ')', 'على', 'القاعدة', '.']],
  ['12 قتيلا و3 جرحى!', 'rtl', ['12', 'قتيلا', 'و', '3', 'جرحى', '!']],
  ['(قوات التحالف) قصفت الموقع', 'rtl', ['(', 'قوات', 'التحالف', ')', 'قصفت', 'الموقع']],
  ['[محدث] قصف «حقل العمر» و“كونيكو”.', 'rtl', ['[', 'محدث', ']', 'قصف', '«', 'حقل', 'العمر', '»', 'و', '“', 'كونيكو', '”', '.']],
  ['“حقل العمر” النفطي', 'rtl', ['“', 'حقل', 'العمر', '”', 'النفطي']],
  ['HIMARS سقطت على القاعدة', 'rtl', ['HIMARS', 'سقطت', 'على', 'القاعدة']],
  ['قال Joe Biden (الرئيس) إن 3 قتلوا', 'rtl', ['قال', 'Joe Biden', '(', 'الرئيس', ')', 'إن', '3', 'قتلوا']],
  ['طائرة F-16 وطائرة MQ-9 Reaper.', 'rtl', ['طائرة', 'F-16', 'وطائرة', 'MQ-9 Reaper', '.']],
  ['قاعدة «Ain al-Asad» (العراق)!', 'rtl', ['قاعدة', '«', 'Ain al-Asad', '»', '(', 'العراق', ')', '!']],
  // A range is read from the right as well: first 10, then 15.
  ['بين 10-15 قتيلا في 2010–2015', 'rtl', ['بين', '10', '-', '15', 'قتيلا', 'في', '2010', '–', '2015']],
  ['ارتفع 7.5% أمس، و20٪ اليوم', 'rtl', ['ارتفع', '7.5', '%', 'أمس', '،', 'و', '20', '٪', 'اليوم']],
  ['في 12/05/2023 الساعة 10:30، بتوقيت دمشق', 'rtl', ['في', '12/05/2023', 'الساعة', '10:30', '،', 'بتوقيت', 'دمشق']],
  ['في ١٢/٥/٢٠٢٣ بنسبة ٧٫٥٪ من ١٬٢٠٠', 'rtl', ['في', '١٢/٥/٢٠٢٣', 'بنسبة', '٧٫٥', '٪', 'من', '١٬٢٠٠']],
  ['1,200 صاروخ *جديد* من_نوع #1', 'rtl', ['1,200', 'صاروخ', '*', 'جديد', '*', 'من', '_', 'نوع', '#', '1']],
  ['https://example.org/a_b?c=1 رابط التقرير', 'rtl', ['https://example.org/a_b?c=1', 'رابط', 'التقرير']],
  ['🔥 القاعدة 😀 تحترق 👍🏽', 'rtl', ['🔥', 'القاعدة', '😀', 'تحترق', '👍🏽']],
  ['🇸🇾 سوريا: 3 قتلى', 'rtl', ['🇸🇾', 'سوريا', ':', '3', 'قتلى']],
  ['Ⅲ. الفيلق الثالث', 'rtl', ['Ⅲ', '.', 'الفيلق', 'الثالث']],
  ['قَصَفَت الطّائراتُ…', 'rtl', ['قَصَفَت', 'الطّائراتُ', '…']],
  // A number behind a Latin word is of its run, so colon and number follow it to the right: a quote is not marked inside.
  ['وكالة AFP: 20 قتيلا', 'rtl', ['وكالة', 'AFP: 20', 'قتيلا']],
  [
    '12 artillery shells fell (near حقل العمر) in 2010-2015.',
    'ltr',
    ['12', 'artillery', 'shells', 'fell', '(', 'near', 'حقل العمر', ')', 'in', '2010-2015', '.'],
  ],
  ['حقل العمر is the name of an oil field', 'ltr', ['حقل العمر', 'is', 'the', 'name', 'of', 'an', 'oil', 'field']],
  ['“حقل العمر” burned, witnesses said.', 'ltr', ['“', 'حقل العمر', '”', 'burned', ',', 'witnesses', 'said', '.']],
  ['؟ What burned', 'ltr', ['؟', 'What', 'burned']],
];

describe('a hard line', () => {
  test.each(HARD)('%s', async (line, direction, read) => {
    const language = direction === 'rtl' ? 'ar' : 'en';
    const { quote, place } = await showCitation(language, line, line);
    expectRead(quote, direction, read);
    expectRead(place, direction, ['[', '1', ']', '¶', '2', '·', ...read]);
    const asked = answerMessage({ ...answerOf(language, []), question: line }, true);
    const [choice, question] = (await engine.show([plainLine(documentChoice({ ...arabic, title: line }).name), ...linesOf(asked)])) as [Line, Line];
    expectRead(choice, direction, read);
    expectRead(question, direction, read);
  });

  test('has its brackets face what they hold', async () => {
    for (const [text, opens, closes] of [
      ['( قذائف ) [ قذائف ] « قذائف »', 1, -1],
      ['( shells ) [ shells ] « shells »', -1, 1],
    ] as const) {
      const [line] = await engine.show(linesOf(plainMessage(text, opens === 1 ? 'ar' : 'en')), 600);
      for (const bracket of seen(line as Line)) {
        if ('([«'.includes(bracket.text)) expect(Math.sign(await engine.lean(bracket)), bracket.text).toBe(opens);
        if (')]»'.includes(bracket.text)) expect(Math.sign(await engine.lean(bracket)), bracket.text).toBe(closes);
      }
    }
  });
});

const piece = fc.constantFrom(
  ...['حقل', 'العمر', 'و', 'قَصَفَ', 'Deir', 'F-16', 'iOS', '7', '10-15', '٣٤', '12/05', '20%', '$5', '.', '،', ':', '؟', '…', '-', '/', '¶', '·'],
  ...['(', ')', '[', ']', '«', '»', '“', '”', '<', '**', '_', '\\', '#', '😀', '🇸🇾', 'Ⅲ', ' ', ' ', '\u200f', '\u202e', '\u2066', '\u2069', '\u2029', '\x85'],
);
const mix = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(''))
  .filter((text) => withoutBidiControls(text).trim() !== '');
const RUNS = { numRuns: 40 };

describe('any text', () => {
  test('as a title is seen behind its label as it is seen alone, and leaves the label as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...LANGUAGES), mix, fc.nat(99), async (language, title, passage) => {
        const { place } = await showCitation(language, 'نص', title, passage);
        const [alone] = (await engine.show(linesOf(passageMessage({ ...arabic, title }, arabic.passages[0] as Passage, language)))) as [Line];
        const glyphs = seen(place);
        const own = glyphs.slice(-seen(alone).length);
        const direction = START[language];
        expectRead({ ...place, glyphs: glyphs.slice(0, -own.length) }, direction, ['[', '1', ']', ...label(passage, language), '·']);
        const end = direction === 'rtl' ? Math.max(...own.map(({ right }) => right)) : Math.min(...own.map(({ left }) => left));
        for (const { left, right } of glyphs.slice(0, -own.length)) expect(direction === 'rtl' ? left - end : end - right).toBeGreaterThan(-ROUNDING);
        expect(leftToRight({ ...place, glyphs: own })).toBe(leftToRight(alone));
      }),
      RUNS,
    );
  });

  test('as a quote begins at the edge of its language, and bold words do not move it', async () => {
    await fc.assert(
      fc.asyncProperty(mix, async (text) => {
        const { quote } = await showCitation('ar', text);
        expect(indent(quote, START[detectLanguage(text) === 'en' ? 'en' : 'ar'])).toBeLessThan(ROUNDING);
        expect(leftToRight((await showCitation('ar', text, 'عنوان', 2, everyThirdWord(text))).quote)).toBe(leftToRight(quote));
      }),
      RUNS,
    );
  });
});

test('a line without a mark runs the way it is taken to run, whatever character it begins with', async () => {
  for (const [direction, letter] of [
    ['rtl', 'ب'],
    ['ltr', 'b'],
  ] as const) {
    const lines: string[] = [];
    for (let code = 0x20; code <= 0x10ffff; code++) {
      const line = String.fromCodePoint(code) + letter;
      if (!/^[\p{Cn}\p{Co}\p{Cs}]/u.test(line) && opening(line, direction) === '') lines.push(line);
    }
    expect(lines.length).toBeGreaterThan(1_000);
    const turned = (await engine.show(lines.map(plainLine), 500)).filter((line) => indent(line, direction) > ROUNDING);
    expect(turned.map(leftToRight)).toEqual([]);
  }
});
