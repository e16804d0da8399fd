import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import { auc, bootstrap, calibrationError, mean, rankingFigures, riskCoverage, spanExact, spanF1 } from '../../src/evaluation/metrics.ts';
import { tokenMean } from '../../src/evaluation/token-mean.ts';
import { testConfig } from '../support/app.ts';

describe('ranking figures', () => {
  test('count what was not found as nothing', () => {
    const figures = rankingFigures([[1], [2], [4], [undefined]]);
    expect(figures).toMatchObject({ recall1: 0.25, recall3: 0.5, recall5: 0.75, mrr: (1 + 1 / 2 + 1 / 4) / 4 });
    expect(figures.ndcg10).toBeCloseTo((1 + 1 / Math.log2(3) + 1 / Math.log2(5)) / 4, 12);
  });

  test('of several right passages the first counts for recall, all for nDCG', () => {
    const figures = rankingFigures([[1, 3]]);
    expect(figures.recall1).toBe(1);
    expect(figures.ndcg10).toBeCloseTo((1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3)), 12);
  });
});

describe('answers', () => {
  test('are compared as folded words without the article', () => {
    expect(spanExact('القاعِدة الأميركية', 'قاعده الاميركيه')).toBe(true);
    expect(spanF1('في الميناء القديم', 'الميناء')).toBeCloseTo(0.5, 12);
    expect(spanF1('ثلاثة جسور', 'أسبوعا')).toBe(0);
    expect(spanF1('the base', 'a base')).toBe(1);
  });
});

describe('abstention', () => {
  const sample = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }), { minLength: 1, maxLength: 60 });

  test('AUC is the share of pairs in the right order', () => {
    expect(auc([3, 2], [1, 2])).toBe((1 + 1 + 1 + 0.5) / 4);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.array(fc.integer(), { minLength: 1 }), (yes, no) => {
        expect(auc(yes, no) + auc(no, yes)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('who is always right and knows it has no calibration error; who is sure and wrong has all of it', () => {
    expect(calibrationError([{ confidence: 1, right: true }])).toBe(0);
    expect(calibrationError([{ confidence: 1, right: false }])).toBe(1);
    fc.assert(
      fc.property(sample, (judged) => {
        const gap = Math.abs(mean(judged.map((j) => j.confidence)) - mean(judged.map((j) => (j.right ? 1 : 0))));
        // Whatever the bins, they can't hide an error of the whole.
        expect(calibrationError(judged)).toBeGreaterThanOrEqual(gap - 1e-9);
      }),
    );
  });

  test('at full coverage the risk is the share of wrong answers', () => {
    fc.assert(
      fc.property(sample, (judged) => {
        const last = riskCoverage(judged).at(-1);
        expect(last?.coverage).toBe(1);
        expect(last?.risk).toBeCloseTo(mean(judged.map((j) => (j.right ? 0 : 1))), 12);
      }),
    );
  });
});

test('a bootstrap interval of a mean is that of the normal approximation, and the same each time', () => {
  const sample = Array.from({ length: 400 }, (_, i) => i % 2);
  const [low, high] = bootstrap(sample, mean);
  // 1.96 standard errors of 0.5 / √400
  expect(low).toBeCloseTo(0.5 - 0.049, 2);
  expect(high).toBeCloseTo(0.5 + 0.049, 2);
  expect(bootstrap(sample, mean)).toEqual([low, high]);
});

test('the token mean is the mean of the states that the encoder leaves uncentred', async () => {
  const encoder = await loadEncoder(testConfig(), {}, false);
  const texts = ['حقل العمر النفطي', 'دير الزور'];
  const d = encoder.info.dimensions;
  const encoded = await encoder.encode(texts, 'passage');
  const states = encoded.flatMap((e) => [...e.states]);
  const means = await tokenMean(texts, 'passage', encoder, () => undefined);
  await encoder.close();
  const first = states.filter((_, i) => i % d === 0).reduce((sum, x) => sum + x, 0) / (states.length / d);
  expect(means).toHaveLength(d);
  expect(means[0]).toBeCloseTo(first, 4);
});
