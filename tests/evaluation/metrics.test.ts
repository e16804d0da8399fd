import { expect, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import { rankingFigures } from '../../src/evaluation/metrics.ts';
import { tokenMean } from '../../src/evaluation/token-mean.ts';
import { testConfig } from '../support/app.ts';

test('recall@k and MRR count what was not found as nothing', () => {
  expect(rankingFigures([1, 2, 4, undefined])).toEqual({ recall1: 0.25, recall3: 0.5, mrr: (1 + 1 / 2 + 1 / 4) / 4 });
  expect(rankingFigures([])).toEqual({ recall1: 0, recall3: 0, mrr: 0 });
});

test('the token mean is the mean of the states that the encoder leaves uncentred', async () => {
  const encoder = await loadEncoder(testConfig(), {}, false);
  const texts = ['حقل العمر النفطي', 'دير الزور'];
  const d = encoder.info.dimensions;
  const encoded = await encoder.encode(texts, 'passage');
  const states = encoded.flatMap((e) => [...e.states]);
  const mean = await tokenMean(texts, 'passage', encoder, () => undefined);
  await encoder.close();
  const first = states.filter((_, i) => i % d === 0).reduce((sum, x) => sum + x, 0) / (states.length / d);
  expect(mean).toHaveLength(d);
  expect(mean[0]).toBeCloseTo(first, 4);
});
