import type { Fit } from '../embedding/settings.ts';
import type { RankedPassage } from '../retrieval/retriever.ts';
import type { Language } from '../text/language.ts';
import type { Status } from './answer.ts';

/**
 * What a reply costs the person who asked:
 *
 * | | the report answers | it does not |
 * |---|---|---|
 * | given as the answer | 0 | 1 |
 * | shown as the closest passages | 0.4 | 0.2 |
 * | "the report does not say" | 1 | 0 |
 *
 * To believe a passage that does not answer is as bad as to miss one that does; to be shown a few passages costs a look at them. The thresholds
 * are where the cheapest reply changes: (1 − p) = 0.4 p + 0.2 (1 − p), and 0.4 p + 0.2 (1 − p) = p.
 */
export const ANSWERED = 2 / 3;
export const RELATED = 1 / 4;

/** What confidence is computed from. */
export interface Evidence {
  /** MaxSim of the passage that is best by late interaction. */
  readonly late: number;
  /** Logit of "one of the passages read answers": log of the sum of e to their relevances, "no answer" having 0; 0 without a reader. */
  readonly reader: number;
}

export function evidence(ranked: readonly RankedPassage[]): Evidence {
  const relevances = ranked.flatMap(({ reading }) => (reading ? [reading.highest] : []));
  const highest = Math.max(...relevances);
  return {
    late: ranked.reduce((best, passage) => Math.max(best, passage.late), 0),
    reader: relevances.length === 0 ? 0 : highest + Math.log(relevances.reduce((sum, r) => sum + Math.exp(r - highest), 0)),
  };
}

/**
 * Probability that the report answers a question, 0 … 1: the one place confidence comes from. A logistic regression on the evidence, calibrated for
 * each language of the question (Platt 1999) on the dev split of the training reports by `npm run fit`. Beside a reader, late interaction speaks against
 * an answer (words in common with a passage that does not answer); below the floor it only tells that the question is on another matter.
 */
export function confidence(language: Language, { late, reader }: Evidence, fit: Fit): number {
  const { bias, late: byLate, reader: byReader, floor, ceiling } = fit.confidence[language];
  return ceiling / (1 + Math.exp(-(bias + byLate * Math.max(floor, late) + byReader * reader)));
}

/** What a confidence means. */
export function statusOf(sure: number): Exclude<Status, 'invalid'> {
  if (sure >= ANSWERED) return 'answered';
  return sure >= RELATED ? 'related' : 'not_found';
}
