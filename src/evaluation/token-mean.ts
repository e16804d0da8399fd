import type { Encoder } from '../embedding/encoder.ts';

/**
 * Mean token state of a sample of passages: what `tokenMean` of a model's `isnad.json` holds. To be taken with a model that has no
 * `tokenMean` yet. Subtracting it takes out the direction that all states share, and cosines tell more (Mu & Viswanath 2018,
 * arXiv 1702.01417).
 *
 * @param passages a large sample of texts like those to be indexed, but not of them
 * @returns [dimensions] numbers rounded to 5 decimals
 */
export async function tokenMean(passages: readonly string[], encoder: Encoder, onProgress: (done: number) => void): Promise<number[]> {
  const d = encoder.info.dimensions;
  const sum = new Float64Array(d);
  let tokens = 0;
  for (let from = 0; from < passages.length; from += 256) {
    for (const { states } of await encoder.encode(passages.slice(from, from + 256), 'passage', (done) => onProgress(from + done))) {
      for (let i = 0; i < states.length; i++) sum[i % d] = (sum[i % d] ?? 0) + (states[i] ?? 0);
      tokens += states.length / d;
    }
  }
  return [...sum].map((x) => Number((x / tokens).toFixed(5)));
}
