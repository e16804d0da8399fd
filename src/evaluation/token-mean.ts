import type { Encoder, Role } from '../embedding/encoder.ts';

/** Texts encoded at a time: their states are added up and let go. */
const CHUNK = 256;

/**
 * Mean unit token state of a sample of texts: what `tokenMean` of a model's `isnad.json` holds for a role and language.
 *
 * @param texts a large sample of texts like those to come, but not of them
 * @param encoder one that leaves the mean in
 * @param onProgress called with the number of texts done
 * @returns [dimensions] numbers, rounded to 5 decimals
 */
export async function tokenMean(texts: readonly string[], role: Role, encoder: Encoder, onProgress: (done: number) => void): Promise<number[]> {
  const d = encoder.info.dimensions;
  const sum = new Float64Array(d);
  let tokens = 0;
  for (let from = 0; from < texts.length; from += CHUNK) {
    for (const { states } of await encoder.encode(texts.slice(from, from + CHUNK), role, (done) => onProgress(from + done))) {
      for (let i = 0; i < states.length; i++) sum[i % d] = (sum[i % d] ?? 0) + (states[i] ?? 0);
      tokens += states.length / d;
    }
  }
  return [...sum].map((x) => Number((x / tokens).toFixed(5)));
}
