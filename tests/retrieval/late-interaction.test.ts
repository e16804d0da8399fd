import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import loadWabt from 'wabt';
import { quantized, TokenStates } from '../../src/indexing/token-states.ts';
import { bestMatches, COMPILED, maxSim } from '../../src/retrieval/late-interaction.ts';

/** Unit states of any direction. */
function states(tokens: number, dimensions: number) {
  const row = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: dimensions, maxLength: dimensions }).map((numbers) => {
    const length = Math.hypot(...numbers);
    return numbers.map((x) => (length > 0 ? x / length : 0));
  });
  return fc.array(row, { minLength: tokens, maxLength: tokens }).map((rows) => Float32Array.from(rows.flat()));
}

/** The same number by number, in double precision. */
function plainly(question: Float32Array, kept: TokenStates, from: number, to: number): number[][] {
  const d = kept.dimensions;
  return Array.from({ length: question.length / d }, (_, i) =>
    Array.from({ length: to - from }, (_, t) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (question[i * d + k] ?? 0) * (kept.values[(from + t) * d + k] ?? 0);
      return sum * (kept.scales[from + t] ?? 0);
    }),
  );
}

test('finds what comparing number by number finds, for every number of dimensions', () => {
  const cases = fc
    .record({ dimensions: fc.integer({ min: 1, max: 70 }), asked: fc.nat(4), texts: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }) })
    .chain(({ dimensions, asked, texts }) =>
      fc.record({ dimensions: fc.constant(dimensions), question: states(asked, dimensions), texts: fc.tuple(...texts.map((n) => states(n, dimensions))) }),
    );
  fc.assert(
    fc.property(cases, ({ dimensions, question, texts }) => {
      const kept = TokenStates.from(
        texts.map((text) => quantized({ states: text, spans: new Uint32Array((2 * text.length) / dimensions) }, dimensions)),
        dimensions,
      );
      for (let text = 0; text < texts.length; text++) {
        const [from = 0, to = from] = kept.offsets.subarray(text, text + 2);
        const oracle = plainly(question, kept, from, to);
        const matches = bestMatches(question, kept, from, to);
        if (to === from) expect(matches).toEqual([]);
        else expect(matches).toHaveLength(oracle.length);
        for (const [i, { token, cosine }] of matches.entries()) {
          const best = Math.max(...(oracle[i] ?? []));
          expect(Math.abs(cosine - best)).toBeLessThan(1e-4);
          expect(best - (oracle[i]?.[token - from] ?? -9)).toBeLessThan(1e-4);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('the largest numbers of a large model do not overflow', () => {
  const d = 4096;
  const one = new Float32Array(d).fill(1 / Math.sqrt(d));
  const kept = TokenStates.from([quantized({ states: Float32Array.from([...one.map((x) => -x), ...one]), spans: new Uint32Array(4) }, d)], d);
  const [match] = bestMatches(one, kept, 0, 2);
  expect(match?.token).toBe(1);
  expect(match?.cosine).toBeCloseTo(1, 4);
});

test('MaxSim is the mean of the best cosines', () => {
  expect(
    maxSim([
      { token: 0, cosine: 0.5 },
      { token: 3, cosine: 0.75 },
    ]),
  ).toBe(0.625);
  expect(maxSim([])).toBe(0);
});

test('the compiled inner loop is that of its source', async () => {
  const { parseWat } = await loadWabt();
  const { buffer } = parseWat('max-sim.wat', readFileSync('src/retrieval/max-sim.wat'), { simd: true }).toBinary({});
  expect(COMPILED).toBe(Buffer.from(buffer).toString('base64'));
});
