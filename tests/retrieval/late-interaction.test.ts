import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import loadWabt from 'wabt';
import { type QuantizedStates, quantized } from '../../src/indexing/token-states.ts';
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
function plainly(question: Float32Array, text: QuantizedStates, dimensions: number): number[][] {
  return Array.from({ length: question.length / dimensions }, (_, i) =>
    [...text.scales].map((scale, t) => {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) sum += (question[i * dimensions + k] ?? 0) * (text.values[t * dimensions + k] ?? 0);
      return sum * scale;
    }),
  );
}

function kept(text: Float32Array, dimensions: number): QuantizedStates {
  return quantized({ states: text, spans: new Uint32Array((2 * text.length) / dimensions) }, dimensions);
}

test('finds what comparing number by number finds, for every number of dimensions and every part of a text', () => {
  const cases = fc.record({ dimensions: fc.integer({ min: 1, max: 70 }), asked: fc.nat(4), tokens: fc.nat(20) }).chain(({ dimensions, asked, tokens }) =>
    fc.record({
      dimensions: fc.constant(dimensions),
      question: states(asked, dimensions),
      text: states(tokens, dimensions),
      part: fc.tuple(fc.nat(tokens), fc.nat(tokens)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    }),
  );
  fc.assert(
    fc.property(cases, ({ dimensions, question, text, part: [from, to] }) => {
      const stored = kept(text, dimensions);
      const oracle = plainly(question, stored, dimensions);
      const matches = bestMatches(question, stored, from, to);
      expect(matches).toHaveLength(to === from ? 0 : oracle.length);
      for (const [i, { token, cosine }] of matches.entries()) {
        const cosines = oracle[i]?.slice(from, to) ?? [];
        expect(Math.abs(cosine - Math.max(...cosines))).toBeLessThan(1e-4);
        expect(Math.max(...cosines) - (cosines[token - from] ?? -9)).toBeLessThan(1e-4);
      }
    }),
    { numRuns: 300 },
  );
});

test('the largest numbers of a large model do not overflow', () => {
  const d = 4096;
  const one = new Float32Array(d).fill(1 / Math.sqrt(d));
  const [match] = bestMatches(one, kept(Float32Array.from([...one.map((x) => -x), ...one]), d));
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
