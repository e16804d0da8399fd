import type { Fit } from '../embedding/settings.ts';

/** The similarities of one passage to a question, before they are fused. */
export interface Signals {
  /** Cosine of the vectors, −1 … 1. */
  readonly dense: number;
  /** BM25, 0 and up. */
  readonly lexical: number;
  /** MaxSim of the token states, −1 … 1. */
  readonly late: number;
  /** The same with the passage's translation; `undefined` where there is none. */
  readonly translation: number | undefined;
}

/** Their names, in the order of their weights. */
export const SIGNALS = ['dense', 'lexical', 'late', 'translation'] as const satisfies readonly (keyof Signals)[];

/**
 * Fuses the signals of one question's candidates: Σ w · (s − mean) / sd, mean and standard deviation over these candidates.
 * A signal that does not vary says nothing and counts for nothing.
 *
 * @param weights of the z-scores; those of a model are in its settings ({@link Fit})
 * @returns one score a candidate, in order; only scores of the same question compare
 */
export function fuse(candidates: readonly Signals[], weights: Fit['fusion']): number[] {
  const scores = candidates.map(() => 0);
  for (const name of SIGNALS) {
    zScores(candidates.map((candidate) => candidate[name])).forEach((z, i) => {
      scores[i] = (scores[i] ?? 0) + weights[name] * z;
    });
  }
  return scores;
}

/** (s − mean) / sd; zeros where nothing varies, and for values that are missing. */
export function zScores(values: readonly (number | undefined)[]): number[] {
  const present = values.filter((value) => value !== undefined);
  const mean = present.reduce((sum, x) => sum + x, 0) / present.length;
  const deviation = Math.sqrt(present.reduce((sum, x) => sum + (x - mean) ** 2, 0) / present.length);
  return values.map((value) => (value === undefined || deviation < 1e-9 ? 0 : (value - mean) / deviation));
}

/**
 * Scores with the reader's say: a weighted sum of the fused score and the relevance. A passage that was not read counts as the least relevant one
 * that was, and as "no answer" at most.
 *
 * @param relevance of each candidate, in order; `undefined` where it was not read
 */
export function withRelevance(fused: readonly number[], relevance: readonly (number | undefined)[], weights: Fit['ranking']): number[] {
  const least = Math.min(0, ...relevance.filter((r) => r !== undefined));
  return fused.map((score, i) => weights.fused * score + weights.reader * (relevance[i] ?? least));
}
