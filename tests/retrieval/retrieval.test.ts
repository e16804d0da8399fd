import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { fuse } from '../../src/retrieval/fusion.ts';
import { retrieve } from '../../src/retrieval/retriever.ts';
import { GOLDEN } from '../fixtures/golden.ts';
import { testConfig } from '../support/app.ts';

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

  test('every passage of a small report is a candidate, each once', async () => {
    const { ranked } = await retrieve('القاعدة', app.opened.index, app.encoder);
    expect(ranked.map((passage) => passage.label).sort((a, b) => a - b)).toEqual(app.opened.index.passages.map((_, i) => i));
    expect(ranked.map((passage) => passage.score)).toEqual(ranked.map((passage) => passage.score).sort((a, b) => b - a));
  });
});

describe('fusion', () => {
  test('is the weighted sum of z-scores', () => {
    const scores = fuse(
      [
        { dense: 0, lexical: 1, late: 0.2 },
        { dense: 0, lexical: 3, late: 0.4 },
      ],
      { dense: 1, lexical: 0.5, late: 1 },
    );
    // Two values are one standard deviation either side of their mean; the dense signal does not vary and counts for nothing.
    expect(scores.map((s) => Math.round(s * 1e6) / 1e6)).toEqual([-1.5, 1.5]);
  });

  test('neither shift nor scale of a signal changes it', () => {
    const signal = fc.record({ dense: fc.integer({ min: -50, max: 50 }), lexical: fc.integer({ min: 0, max: 50 }), late: fc.integer({ min: -50, max: 50 }) });
    fc.assert(
      fc.property(fc.array(signal, { minLength: 1, maxLength: 30 }), (candidates) => {
        const moved = candidates.map((c) => ({ dense: 3 * c.dense + 7, lexical: 2 * c.lexical + 1, late: 0.5 * c.late - 9 }));
        for (const [i, score] of fuse(moved).entries()) expect(score).toBeCloseTo(fuse(candidates)[i] ?? Number.NaN, 6);
      }),
    );
  });
});
