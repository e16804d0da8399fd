import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../src/answer/answer.ts';
import { Answerer } from '../../src/answer/answerer.ts';
import { statusOf } from '../../src/answer/confidence.ts';
import { inContext } from '../../src/answer/follow-up.ts';
import { asksForHeadline } from '../../src/answer/headline.ts';
import { readQuestion } from '../../src/answer/question.ts';
import { refusalText } from '../../src/answer/wording.ts';
import { loadEncoder } from '../../src/app.ts';
import { parseReport } from '../../src/corpus/parse.ts';
import { readReports } from '../../src/corpus/read.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { buildInMemory } from '../../src/indexing/build.ts';
import { FolderStore } from '../../src/indexing/folder-store.ts';
import { DamagedIndex, StoredTexts } from '../../src/indexing/texts.ts';
import { TEXTS_FILES, TextsFile } from '../../src/indexing/texts-file.ts';
import type { Span } from '../../src/text/span.ts';
import { HOSTILE } from '../fixtures/hostile.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';

const config = testConfig();
let encoder: Encoder;
let answerer: Answerer;
beforeAll(async () => {
  encoder = await loadEncoder(config);
  answerer = new Answerer(await buildInMemory((await readReports(config.seedsFolder)).documents, encoder), encoder);
});
afterAll(() => encoder.close());

/** The promise of the program: what is quoted stands in the file, in that place, word for word. */
function expectVerbatim(answer: Answer, from: Answerer): void {
  for (const citation of answer.citations) {
    const document = from.index.documents.find((d) => d.id === citation.document);
    expect(citation.quote).toBe(document?.source.slice(citation.start, citation.end));
    expect(citation.quote).not.toBe('');
    const passage = document?.passages[citation.passage];
    expect(citation.start).toBeGreaterThanOrEqual(passage?.start ?? Number.NaN);
    expect(citation.end).toBeLessThanOrEqual(passage?.end ?? Number.NaN);
    let last = citation.start;
    for (const { start, end } of citation.highlights) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(citation.end);
      last = end;
    }
  }
}

test('an index that turns out damaged while it is read is built anew before the question is answered', async () => {
  const { index, where } = await new FolderStore(temporaryFolder()).open(answerer.index.documents, encoder);
  const file = join(where, TEXTS_FILES.records);
  const bytes = readFileSync(file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  // As a large index is opened: its records are checked when they are read.
  const damaged = { ...index, texts: new StoredTexts(await TextsFile.open(where), encoder.info.dimensions) };
  let built = 0;
  const healing = new Answerer(damaged, encoder, () => {
    built++;
    return Promise.resolve(answerer);
  });
  const question = 'بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟';
  expect((await healing.answer(question)).citations).toEqual((await answerer.answer(question)).citations);
  expect(built).toBe(1);
  await expect(new Answerer(damaged, encoder).answer(question)).rejects.toThrow(DamagedIndex);
});

describe('an answer', () => {
  test('quotes the paragraph that answers, with the answer marked', async () => {
    const answer = await answerer.answer('بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟');
    expect(answer).toMatchObject({ status: 'answered', language: 'ar', candidates: { length: 10 } });
    const [first] = answer.citations;
    expect(first).toMatchObject({ n: 1, document: '000_ddcf634ad3ebf0b8', passage: 7 });
    const text = (span: Span | undefined) => span && first?.quote.slice(span.start - first.start, span.end - first.start);
    expect(text(first?.answer)).toBe('بالمدفعية الثقيلة');
    // Words of the question stand out beside it, in the order of the text.
    expect(first?.highlights.map(text)).toEqual(expect.arrayContaining(['طيران', 'التحالف', 'بالمدفعية الثقيلة', 'الميادين']));
    expect(first?.highlights).toContainEqual(first?.answer);
    expectVerbatim(answer, answerer);
  });

  test('an English question is answered from the Arabic text', async () => {
    const answer = await answerer.answer("Was Biden's decision legal?");
    expect(answer).toMatchObject({ status: 'answered', language: 'en' });
    expect(answer.citations[0]).toMatchObject({ passage: 10 });
    expectVerbatim(answer, answerer);
  });

  test('only the sentence that fits is quoted from a paragraph of several', async () => {
    const report = parseReport(
      'flood',
      'فيضان في الميناء القديم\n\nارتفع منسوب المياه مترين. وقال المحافظ سالم العلي إن ثلاثة جسور أغلقت. وتوقفت الدراسة في المدارس أسبوعا كاملا.\n\nعاد السكان بعد يومين.',
    );
    const flood = new Answerer(await buildInMemory([report], encoder), encoder);
    const answer = await flood.answer('كم أسبوعا توقفت الدراسة؟');
    expect(answer.citations[0]?.quote).toBe('وتوقفت الدراسة في المدارس أسبوعا كاملا.');
    expectVerbatim(answer, flood);
  });

  test('what is off its topic is never given as an answer', async () => {
    expect((await answerer.answer('who won the football match')).status).not.toBe('answered');
  });

  // Each names what the report does not tell of somebody or something that it does tell of.
  test.each(['ما اسم المتحدث باسم البنتاغون؟', 'كم عدد القتلى؟', 'How many soldiers were killed?'])(
    'what the report leaves open is not answered: %s',
    async (question) => {
      expect((await answerer.answer(question)).status).not.toBe('answered');
    },
  );

  test.each(['وصفة الكبسة', 'شلونك اليوم؟', 'What is the capital of France?'])('silence, with candidates all the same: %s', async (question) => {
    const answer = await answerer.answer(question);
    expect(answer).toMatchObject({ status: 'not_found', citations: [], candidates: { length: 10 } });
    expect(answer.confidence).toBeLessThan(0.19);
  });

  test.each(["what's the headline?", 'ما هو عنوان التقرير', 'شو عنوان الخبر؟', 'عن ماذا يتحدث التقرير؟', 'What is this report about?', 'title'])(
    'a question for the headline gets the headline: %s',
    async (question) => {
      const answer = await answerer.answer(question);
      expect(answer).toMatchObject({ status: 'answered', citations: [{ passage: 0 }] });
      expect(answer.citations[0]?.quote).toBe(answerer.index.documents[0]?.title);
      expectVerbatim(answer, answerer);
    },
  );

  test.each(['ما عنوان منزل الوزير؟', 'What is the subject of the talks?', 'what did the report say about the drones', 'ماذا فعلت الطائرات؟', 'عن ماذا؟'])(
    'a question that only speaks of titles or topics is searched for: %s',
    (question) => {
      expect(asksForHeadline(question)).toBe(false);
    },
  );

  test('a follow-up is read in the light of the question before it', async () => {
    const first = await answerer.answer('ماذا قال البيت الأبيض عن قرار بايدن؟');
    const second = await answerer.answer('ولماذا؟', first.searched);
    expect(second.searched).toBe('ماذا قال البيت الأبيض عن قرار بايدن؟ ولماذا؟');
    expect(second.citations[0]?.passage).toBe(10);
  });

  test('of two versions of a report each paragraph is quoted, listed and counted among the titles once', async () => {
    const [first, ...rest] = ['فيضان في الميناء القديم', 'ارتفع منسوب المياه مترين.', 'توقفت الدراسة في المدارس أسبوعا كاملا.', 'عاد السكان بعد يومين.'];
    const old = parseReport('old', [first, ...rest].join('\n\n'));
    const updated = parseReport('updated', [first, ...rest, 'وقدر المحافظ الأضرار بمليون دولار.'].join('\n\n'));
    const both = new Answerer(await buildInMemory([old, updated], encoder), encoder);
    const answer = await both.answer('كم أسبوعا توقفت الدراسة؟');
    expect(answer.citations[0]?.quote).toBe('توقفت الدراسة في المدارس أسبوعا كاملا.');
    for (const { citations } of [answer, await both.answer('ما عنوان التقرير؟'), { citations: (await both.search('توقفت الدراسة')).hits }]) {
      expect(citations.map(({ n }) => n)).toEqual(citations.map((_, i) => i + 1));
      expect(new Set(citations.map(({ quote }) => quote)).size).toBe(citations.length);
    }
    expect((await both.search('توقفت الدراسة')).hits).toHaveLength(5);
    expectVerbatim(answer, both);
  });

  test('quotes are verbatim for random reports and random questions', async () => {
    const word = fc.constantFrom(
      'قصفت',
      'القاعدة',
      '“حقل',
      'العمر”',
      'د.',
      'U.S.',
      '3.5',
      'النفطي.',
      'هل؟',
      'نعم..',
      '😀',
      'e\u0301t\u00e9',
      '\u202eغش',
      '\ud800',
      '(قوس',
      '**x**',
      '`',
    );
    const paragraph = fc.array(word, { minLength: 3, maxLength: 30 }).map((words) => words.join(' '));
    const text = fc.array(paragraph, { minLength: 2, maxLength: 6 }).map((paragraphs) => paragraphs.join('\n\n'));
    await fc.assert(
      fc.asyncProperty(text, paragraph, async (source, question) => {
        const report = parseReport('random', source);
        fc.pre(report.passages.length > 0);
        const random = new Answerer(await buildInMemory([report], encoder), encoder);
        expectVerbatim(await random.answer(question), random);
      }),
      { numRuns: 40 },
    );
  });
});

test('the thresholds are those at which the cheapest reply changes', () => {
  /** Cost of each reply where the report answers and where it does not, as confidence.ts states it. */
  const costs = { answered: [0, 1], related: [0.4, 0.2], not_found: [1, 0] } as const;
  const cost = (status: keyof typeof costs, p: number) => p * costs[status][0] + (1 - p) * costs[status][1];
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
      const cheapest = Math.min(...(['answered', 'related', 'not_found'] as const).map((status) => cost(status, p)));
      expect(cost(statusOf(p), p)).toBeCloseTo(cheapest, 12);
    }),
  );
});

describe('bad input', () => {
  test.each(HOSTILE)('$name', async ({ text, status }) => {
    const answer = await answerer.answer(text);
    if (status !== undefined) expect(answer.status).toBe(status);
    if (answer.status === 'invalid') expect(answer).toMatchObject({ citations: [], candidates: [], confidence: 0 });
    expectVerbatim(answer, answerer);
  });

  test('what no reader sees is taken out of a question', () => {
    expect(readQuestion('\u202eمن\u0000  قصف\n\ud800 القاعدة\u200b؟').text).toBe('من قصف القاعدة ؟');
    expect(readQuestion(`ق${'\u0651\u064b'.repeat(50)}`).text).toHaveLength(4);
  });
});

describe('a question in another language', () => {
  const REFUSED = 'عذرا، لا أفهم أسئلة بغير العربية والإنجليزية.\nSorry, I only understand questions in Arabic and English.';

  test.each(['Qui a attaqué la base américaine ?', '¿Quién atacó la base?', 'چه کسی به پایگاه حمله کرد؟', 'кто обстрелял базу?'])(
    'is refused politely, in both of ours: %s',
    async (question) => {
      const answer = await answerer.answer(question);
      expect(answer).toMatchObject({ status: 'invalid', language: 'other', citations: [], candidates: [], confidence: 0 });
      expect(refusalText(answer.refusal ?? 'empty', answer.language)).toBe(REFUSED);
      expect(await answerer.search(question)).toEqual({ question, language: 'other', refusal: answer.refusal, hits: [] });
    },
  );

  test.each<[known: string[] | undefined, question: string, taken: boolean]>([
    [undefined, 'Qui a attaqué la base ?', true],
    [undefined, 'кто обстрелял базу?', true],
    [['ar', 'en', 'fr'], 'Qui a attaqué la base ?', true],
    [['ar', 'en', 'fr'], 'Wer hat die Basis angegriffen?', false],
    [['ar', 'en', 'fr'], 'кто обстрелял базу?', false],
    [['ar', 'en', 'ru'], 'кто обстрелял базу?', true],
    [['en'], 'من قصف القاعدة؟', false],
    [['ar', 'en'], '2021', true],
  ])('a model that knows %s: %s', (known, question, taken) => expect(readQuestion(question, known).refusal === undefined).toBe(taken));

  test('is told which languages there are', () => {
    expect(refusalText({ known: ['ar', 'en', 'fr'] }, 'other')).toBe(
      'عذرا، لا أفهم أسئلة بغير العربية والإنجليزية والفرنسية.\nSorry, I only understand questions in Arabic, English, and French.',
    );
  });
});

describe('follow-ups', () => {
  const BEFORE = 'من استهدف القاعدة الأميركية؟';
  test.each(['ومن أيضا؟', 'وأين؟', 'ليش؟', 'and where did they go?', 'what about the drones?', 'Why?', 'متى؟'])('%s leans on the one before', (question) => {
    expect(inContext(question, BEFORE)).toBe(`${BEFORE} ${question}`);
    expect(inContext(question, undefined)).toBe(question);
  });
  test.each(['ماذا قال البيت الأبيض؟', 'Who shelled the American base on Monday?', 'كم عدد القتلى في القصف على حقل العمر؟'])('%s stands alone', (question) => {
    expect(inContext(question, BEFORE)).toBe(question);
  });
});
