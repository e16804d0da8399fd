/** The similarities of one passage to a question, before they are fused. */
export interface Signals {
  /** Cosine of the vectors, −1 … 1. */
  readonly dense: number;
  /** BM25, 0 and up. */
  readonly lexical: number;
  /** MaxSim of the token states, −1 … 1. */
  readonly late: number;
}

/**
 * Weights of the z-scores: late interaction leads, exact words and the whole vector settle what it leaves close. Chosen on the dev split
 * of the training reports, never on a test set; `npm run eval` measures what they bring.
 */
export const WEIGHTS: Signals = { dense: 0.1, lexical: 0.1, late: 1 };

/**
 * Fuses the signals of one question's candidates: Σ w · (s − mean) / sd, mean and standard deviation over these candidates.
 * A signal that does not vary says nothing and counts for nothing.
 *
 * @returns one score a candidate, in order; only scores of the same question compare
 */
export function fuse(candidates: readonly Signals[], weights: Signals = WEIGHTS): number[] {
  const scores = candidates.map(() => 0);
  for (const name of ['dense', 'lexical', 'late'] as const) {
    const values = candidates.map((candidate) => candidate[name]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    if (deviation < 1e-9) continue;
    values.forEach((value, i) => {
      scores[i] = (scores[i] ?? 0) + (weights[name] * (value - mean)) / deviation;
    });
  }
  return scores;
}
