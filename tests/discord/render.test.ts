import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/answer/answer.ts';
import { wordingFor } from '../../src/answer/wording.ts';
import type { Passage } from '../../src/corpus/document.ts';
import { compose } from '../../src/corpus/formats/extracted.ts';
import { parseExtracted, parseReport } from '../../src/corpus/parse.ts';
import { answerMessage, documentChoice, passageChoice, passageMessage } from '../../src/discord/render.ts';
import { hitsMessage, sourcesMessage, summaryMessage, translationMessage } from '../../src/discord/views.ts';
import type { ReportIndex } from '../../src/indexing/report-index.ts';

/** Discord's limits, stated anew: the code under test has its own list. */
function expectWithinLimits(message: ReturnType<typeof answerMessage>): void {
  expect(message.content?.length ?? 0).toBeLessThanOrEqual(2_000);
  let total = 0;
  for (const embed of (message.embeds ?? []).map((e) => ('toJSON' in e ? e.toJSON() : e))) {
    expect(embed.title?.length ?? 0).toBeLessThanOrEqual(256);
    expect(embed.description?.length ?? 0).toBeLessThanOrEqual(4_096);
    expect(embed.footer?.text.length ?? 0).toBeLessThanOrEqual(2_048);
    total += (embed.title?.length ?? 0) + (embed.description?.length ?? 0) + (embed.footer?.text.length ?? 0);
  }
  expect(total).toBeLessThanOrEqual(6_000);
  expect(message.allowedMentions).toMatchObject({ parse: [] });
  const rows = JSON.parse(JSON.stringify(message.components ?? [])) as { components: { custom_id: string; label: string }[] }[];
  expect(rows.length).toBeLessThanOrEqual(5);
  for (const { components } of rows) {
    expect(components.length).toBeLessThanOrEqual(5);
    for (const { custom_id, label } of components) {
      expect(custom_id.length).toBeLessThanOrEqual(100);
      expect(label.length).toBeLessThanOrEqual(80);
    }
  }
}

const piece = fc.constantFrom(
  'كلمة',
  'قصفت',
  'القاعدة',
  'word',
  '**',
  '_',
  '`',
  '||',
  '> ',
  '# ',
  '- ',
  '[x](http://a.invalid)',
  '[x',
  'y](http://a.invalid)',
  '@everyone',
  '<@123>',
  '\u202e',
  '\u2066',
  '😀',
  '\n',
  'ا'.repeat(300),
  '\\',
);
const text = (maxLength: number) => fc.array(piece, { minLength: 1, maxLength }).map((parts) => parts.join(' '));

/** Any answer that could be made of any report: long quotes, markup, highlights anywhere. */
const answers: fc.Arbitrary<Answer> = fc
  .record({
    quotes: fc.array(text(400), { minLength: 1, maxLength: 3 }),
    marks: fc.array(fc.nat(4_000), { maxLength: 40 }),
    question: text(300),
    title: text(100),
    translation: fc.option(text(200), { nil: undefined }),
    status: fc.constantFrom('answered' as const, 'related' as const, 'not_found' as const),
    language: fc.constantFrom('ar' as const, 'en' as const),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ quotes, marks, question, title, translation, status, language, confidence }) => ({
    question,
    searched: question,
    within: undefined,
    language,
    status,
    refusal: undefined,
    confidence,
    latencyMs: 1,
    stages: {},
    candidates: [],
    citations: quotes.map((quote, i) => {
      const cuts = [...new Set(marks.map((mark) => mark % (quote.length + 1)))].sort((a, b) => a - b);
      const highlights = cuts.flatMap((start, k) => (k % 2 === 0 && cuts[k + 1] !== undefined ? [{ start, end: cuts[k + 1] ?? start }] : []));
      return { n: i + 1, document: 'd', title, passage: i, quote, translation, start: 0, end: quote.length, answer: undefined, highlights, score: 1 };
    }),
  }));

test('no message exceeds a limit, pings, or lets a bidi override through, for 2,000 random answers', () => {
  fc.assert(
    fc.property(answers, fc.boolean(), fc.constantFrom('abcdefghijkl', undefined), fc.nat(9), (answer, showQuestion, id, page) => {
      const hits = answer.citations.map((citation) => ({ ...citation, share: answer.confidence }));
      const found = { question: answer.question, language: answer.language, refusal: undefined, hits: [...hits, ...hits, ...hits] };
      for (const message of [
        answerMessage(answer, showQuestion, id),
        translationMessage(answer.citations, answer.language),
        hitsMessage(found, 'heading', page, (to) => `search:abcdefghijkl:${to}`),
      ]) {
        expectWithinLimits(message);
        const shown = JSON.stringify(message);
        expect(shown).not.toMatch(/[\u202a-\u202e\u2066\u2067]/u);
        expect(shown).not.toMatch(/(?<!\\)\]\(/u);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a paragraph of any length is shown within the limits', () => {
  fc.assert(
    fc.property(text(600), (body) => {
      const document = parseReport('r', `عنوان التقرير الطويل\n\n${body.replace(/\n/gu, ' ')}`);
      for (const passage of document.passages) {
        expectWithinLimits(passageMessage(document, passage, 'ar'));
        expect(passageChoice(passage).name.length).toBeLessThanOrEqual(100);
      }
    }),
  );
});

test('what is shown of a quote is the quote, but for Markdown', () => {
  const quote = 'سقطت عدة قذائف في “حقل العمر” النفطي، 12 منها (HIMARS) *ليلا*.';
  const at = quote.indexOf('حقل');
  const answer: Answer = {
    question: 'س؟',
    searched: 'س؟',
    within: undefined,
    language: 'ar',
    status: 'answered',
    refusal: undefined,
    confidence: 1,
    latencyMs: 1,
    stages: {},
    candidates: [],
    citations: [
      {
        n: 1,
        document: 'd',
        title: 'عنوان',
        passage: 2,
        quote,
        translation: undefined,
        start: 0,
        end: quote.length,
        answer: undefined,
        highlights: [
          { start: at, end: at + 3 },
          { start: at + 4, end: at + 9 },
        ],
        score: 1,
      },
    ],
  };
  const [embed] = answerMessage(answer, false).embeds ?? [];
  const description = embed && 'toJSON' in embed ? embed.toJSON().description : undefined;
  expect(description).toMatchInlineSnapshot(`
    "**من التقرير:**

    > سقطت عدة قذائف في “**حقل العمر**” النفطي، 12 منها (HIMARS) \\*ليلا\\*.
    ‏[1] ¶2 · ⁨عنوان⁩"
  `);
});

describe('an Arabic title that begins with a Latin name', () => {
  const document = parseReport('r', 'HIMARS تقصف حقل العمر مجددا\n\nسقطت عدة قذائف على الحقل مساء الاثنين.');

  test('runs from the right wherever it is shown', () => {
    expect(documentChoice(document).name).toMatch(/^\u200fHIMARS/u);
    const index = { documents: [document] } as unknown as ReportIndex;
    const [about] = sourcesMessage(index, { model: 'm', builtAt: new Date(0), version: '0' }, 'en').embeds ?? [];
    expect(about && 'toJSON' in about ? about.toJSON().description : '').toContain('\u2068\u200fHIMARS');
  });

  test('stands over a paragraph whose number is counted from the right', () => {
    const [shown] = passageMessage(document, document.passages[1] as Passage, 'ar').embeds ?? [];
    expect(shown && 'toJSON' in shown ? shown.toJSON() : {}).toMatchObject({
      title: expect.stringMatching(/^\u200fHIMARS/u),
      footer: { text: '\u200f¶1 / 1' },
    });
  });
});

test('a command within Arabic help is set apart, so that its slash stays before it', () => {
  expect(wordingFor('ar').help).toContain('\u2068/ask\u2069');
});

describe('page, heading, date and link', () => {
  const extracted = (title: string, heading: string, told: object = {}) => ({
    ...parseExtracted(
      'a.html',
      compose(
        [
          { kind: 'paragraph', text: title },
          { kind: 'heading', text: heading },
          { kind: 'paragraph', text: 'Water rose. '.repeat(60) },
        ],
        {},
      ),
    ),
    ...told,
  });
  const about = { version: '1', model: 'm', builtAt: new Date(0) };
  const described = (message: ReturnType<typeof sourcesMessage>) => JSON.stringify(message.embeds).replace(/[\u200e\u200f\u2066-\u2069]/gu, '');

  test('a long heading full of markup leaves three citations within the limits, escaped', () => {
    const heading = '**[x](http://a.invalid)** '.repeat(20);
    const document = extracted('Flood closes the port', heading);
    const passage = document.passages[1] as Passage;
    const citation = (n: number) => ({
      n,
      document: document.id,
      title: '_'.repeat(80),
      passage: 1,
      ...(passage.place && { place: passage.place }),
      quote: passage.text,
      translation: 'word '.repeat(300),
      start: passage.start,
      end: passage.end,
      answer: undefined,
      highlights: [],
      score: 0,
    });
    const answer = { question: 'q', language: 'en', status: 'answered', confidence: 1, citations: [1, 2, 3].map(citation) } as unknown as Answer;
    const message = answerMessage(answer, false);
    expectWithinLimits(message);
    expect(described(message)).toContain('¶1 · \\\\*\\\\*\\\\[x');
    const hits = [1, 2, 3, 4, 5].map((n) => ({ ...citation(n), share: 0.2 }));
    expectWithinLimits(hitsMessage({ question: 'q', language: 'en', refusal: undefined, hits }, 'heading', 0, () => 'id'));
    const sentences = new Array(5).fill({ passage, text: passage.text, start: passage.start, end: passage.end });
    expectWithinLimits(summaryMessage(document, sentences, 'en'));
    expectWithinLimits(translationMessage([1, 2, 3].map(citation), 'ar'));
    expectWithinLimits(passageMessage(document, passage, 'en'));
    expect(passageChoice(passage).name.length).toBeLessThanOrEqual(100);
    expect(passageChoice(passage).name).toContain('Water rose. Water');
  });

  test('stand under a paragraph and its translation and in a choice too: in the language of each, escaped only where Markdown is read', () => {
    const { passages, ...document } = parseExtracted(
      'a.pdf',
      compose(
        [
          { kind: 'paragraph', text: 'Flood closes the port', page: 1 },
          { kind: 'heading', text: 'Quay_3: *repairs*', page: 2 },
          { kind: 'paragraph', text: 'Engineers replaced it.', page: 2 },
        ],
        {},
      ),
    );
    const passage = passages[1] as Passage;
    const shown = (language: 'ar' | 'en') => described(passageMessage({ passages, ...document }, passage, language));
    expect(shown('en')).toContain('"¶1 / 1 · p. 2 · Quay_3: *repairs*"');
    expect(shown('ar')).toContain('"¶1 / 1 · ص 2 · Quay_3: *repairs*"');
    expect(passageChoice(passage).name).toBe('\u200e¶1 · p. 2 · \u2068Quay_3: *repairs*\u2069 · Engineers replaced it.');
    const citation = { n: 1, passage: 1, place: passage.place, translation: 'English of it.' } as Answer['citations'][number];
    expect(described(translationMessage([citation], 'ar'))).toContain('[1] ¶1 · ص 2 · Quay\\\\_3: \\\\*repairs\\\\*"');
  });

  test('/sources shows day and address, as many addresses as there is room for, none of them cut or obeyed', () => {
    const documents = (link: string, count: number) =>
      new Array(count).fill(extracted('**Flood** closes '.repeat(6), 'h', { date: '2024-05-31', link })) as ReturnType<typeof extracted>[];
    const show = (link: string, count = 1) => sourcesMessage({ documents: documents(link, count), passages: [] } as unknown as ReportIndex, about, 'en');
    expect(described(show('https://news.example/a_b'))).toContain('(2 passages · 2024-05-31) https://news.example/a_b');
    expect(described(show('https://news.example/||a**)[x]'))).toContain('https://news.example/%7C%7Ca%2A%2A%29%5Bx%5D');
    const long = `https://news.example/${'a'.repeat(900)}`;
    const message = show(long, 10);
    expectWithinLimits(message);
    expect(
      described(message)
        .match(/https:\S*?a(?=\\n)/gu)
        ?.every((address) => address.length === long.length),
    ).toBe(true);
    expect(described(message)).toContain('Isnad 1');
  });

  test.each([
    [99, 'page 3 of 3'],
    [-7, 'page 1 of 3'],
    [1.5, 'page 2 of 3'],
    [Number.NaN, 'page 1 of 3'],
  ])('in place of page %s there is the nearest', (page, footer) => {
    const index = { documents: new Array(25).fill(extracted('Flood', 'h')), passages: [] } as unknown as ReportIndex;
    expect(described(sourcesMessage(index, about, 'en', page))).toContain(`"text":"${footer}"`);
  });

  test('a page of titles full of markup, each cut, leaves room for model, index and version', () => {
    const document = { ...extracted('*'.repeat(400), 'h', { date: '2024-05-31' }), translationSha256: 'x' };
    const index = { documents: new Array(1_000).fill(document), passages: [] } as unknown as ReportIndex;
    for (const language of ['ar', 'en'] as const) {
      const message = sourcesMessage(index, { ...about, model: '_'.repeat(300) }, language, 99);
      expectWithinLimits(message);
      expect(described(message)).toContain('Isnad 1');
    }
  });
});
