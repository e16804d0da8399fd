import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evidence } from '../../src/answer/confidence.ts';
import { type App, openApp } from '../../src/app.ts';
import { fuse, withRelevance } from '../../src/retrieval/fusion.ts';
import { retrieve } from '../../src/retrieval/retriever.ts';
import { GOLDEN } from '../fixtures/golden.ts';
import { testConfig, withoutReader } from '../support/app.ts';

describe('golden rankings on the seed', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp(testConfig());
  });
  afterAll(() => app.close());

  test.each(GOLDEN.map((golden) => [golden.question, golden] as const))('%s', async (question, { gold, within, why }) => {
    const { ranked } = await retrieve(question, app.opened.index, app.encoder);
    const rank = ranked.findIndex((passage) => gold.includes(passage.passage.number)) + 1;
    expect(rank, why).toBeGreaterThan(0);
    expect(rank, why).toBeLessThanOrEqual(within);
  });

  test('the passages close behind the best are read, five at most; of a plain question few are', async () => {
    const read = async (question: string) => {
      const { ranked } = await retrieve(question, app.opened.index, app.encoder);
      const byFused = [...ranked].sort((a, b) => b.fused - a.fused);
      const count = byFused.findIndex(({ reading }) => reading === undefined);
      expect(byFused.slice(count).every(({ reading }) => reading === undefined)).toBe(true);
      return count;
    };
    expect(await read('بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟')).toBeLessThanOrEqual(2);
    const counts = await Promise.all(GOLDEN.map(({ question }) => read(question)));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...counts)).toBe(5);
  });

  test('a passage that is left out is as if the index did not hold it', async () => {
    for (const { question, gold } of GOLDEN) {
      const [all, rest] = [await retrieve(question, app.opened.index, app.encoder), await retrieve(question, app.opened.index, app.encoder, { without: gold })];
      const labels = (ranked: typeof all.ranked) => ranked.map(({ label }) => label).sort((a, b) => a - b);
      expect(labels(rest.ranked)).toEqual(labels(all.ranked).filter((label) => !gold.includes(label)));
      expect(evidence(rest.ranked).reader).not.toBe(evidence(all.ranked).reader);
    }
  });

  test('the signals that have no passage above the first one agree with it', async () => {
    const { ranked } = await retrieve('بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟', app.opened.index, app.encoder);
    expect(evidence(ranked).agreement).toBe(3);
    const [first, second, ...others] = ranked;
    if (!first || !second) throw new Error('two passages are needed');
    expect(evidence([second, first, ...others]).agreement).toBe(0);
    expect(evidence([{ ...second, dense: first.dense }, first, ...others]).agreement).toBe(1);
    expect(evidence([]).agreement).toBe(0);
  });

  test('every passage of a small report is a candidate, each once', async () => {
    const { ranked } = await retrieve('القاعدة', app.opened.index, app.encoder);
    expect(ranked.map((passage) => passage.label).sort((a, b) => a - b)).toEqual(app.opened.index.passages.map((_, i) => i));
    expect(ranked.map((passage) => passage.score)).toEqual(ranked.map((passage) => passage.score).sort((a, b) => b - a));
  });
});

describe('without a reader', () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp(testConfig({ EMBEDDING_MODEL: withoutReader() }));
  });
  afterAll(() => app.close());

  test('the same questions find their paragraphs, a little later', async () => {
    let found = 0;
    for (const { question, gold } of GOLDEN) {
      const { ranked } = await retrieve(question, app.opened.index, app.encoder);
      expect(ranked.every(({ reading, fused, score }) => reading === undefined && fused === score)).toBe(true);
      if (ranked.slice(0, 5).some(({ passage }) => gold.includes(passage.number))) found++;
    }
    expect(found).toBeGreaterThanOrEqual(GOLDEN.length - 2);
  });

  test('an answer is a verbatim quote of the sentence that fits, with the matching words marked', async () => {
    const answer = await app.answerer.answer('بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟');
    const [first] = answer.citations;
    expect(answer.status).toBe('answered');
    expect(first).toMatchObject({ passage: 7, answer: undefined });
    expect(first?.highlights.map(({ start, end }) => first.quote.slice(start - first.start, end - first.start))).toEqual(
      expect.arrayContaining(['طيران', 'التحالف', 'مقرات', 'الميادين']),
    );
  });
});

describe('fusion', () => {
  test('is the weighted sum of z-scores', () => {
    const scores = fuse(
      [
        { dense: 0, lexical: 1, late: 0.2, translation: undefined },
        { dense: 0, lexical: 3, late: 0.4, translation: undefined },
      ],
      { dense: 1, lexical: 0.5, late: 1, translation: 1 },
    );
    // Two values are one standard deviation either side of their mean; the dense signal does not vary and counts for nothing.
    expect(scores.map((s) => Math.round(s * 1e6) / 1e6)).toEqual([-1.5, 1.5]);
  });

  test('a passage without a translation is an average one by that signal', () => {
    const passages = [0.1, 0.3, undefined].map((translation) => ({ dense: 0, lexical: 0, late: 0, translation }));
    expect(fuse(passages, { dense: 1, lexical: 1, late: 1, translation: 2 }).map(Math.round)).toEqual([-2, 2, 0]);
  });

  test('the reader adds its relevance; what it has not read counts as the least relevant', () => {
    expect(withRelevance([3, 2, 1], [0.5, -1, undefined], { fused: 1, reader: 2 })).toEqual([4, 0, -1]);
    expect(withRelevance([3, 2], [undefined, undefined], { fused: 2, reader: 2 })).toEqual([6, 4]);
  });

  test('where all that was read answers, what was not read counts as "no answer"', () => {
    expect(withRelevance([3, 2, 1], [4, 2, undefined], { fused: 1, reader: 2 })).toEqual([11, 6, 1]);
  });

  test('neither shift nor scale of a signal changes it', () => {
    const weights = { dense: 0.3, lexical: 0.2, late: 1, translation: 0.5 };
    const signal = fc.record({
      dense: fc.integer({ min: -50, max: 50 }),
      lexical: fc.integer({ min: 0, max: 50 }),
      late: fc.integer({ min: -50, max: 50 }),
      translation: fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(signal, { minLength: 1, maxLength: 30 }), (candidates) => {
        const moved = candidates.map((c) => ({
          dense: 3 * c.dense + 7,
          lexical: 2 * c.lexical + 1,
          late: 0.5 * c.late - 9,
          translation: c.translation && 4 * c.translation,
        }));
        for (const [i, score] of fuse(moved, weights).entries()) expect(score).toBeCloseTo(fuse(candidates, weights)[i] ?? Number.NaN, 6);
      }),
    );
  });
});
