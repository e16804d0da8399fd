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
  /** How many of whole vectors, exact words and late interaction have no passage above the one that is first in the end: 0 … 3. */
  readonly agreement: number;
}

const AGREEING = ['dense', 'lexical', 'late'] as const;

export function evidence(ranked: readonly RankedPassage[]): Evidence {
  const relevances = ranked.flatMap(({ reading }) => (reading ? [reading.highest] : []));
  const highest = Math.max(...relevances);
  const [first] = ranked;
  return {
    late: ranked.reduce((best, passage) => Math.max(best, passage.late), 0),
    agreement: AGREEING.filter((signal) => first && ranked.every((passage) => passage[signal] <= first[signal])).length,
    reader: relevances.length === 0 ? 0 : highest + Math.log(relevances.reduce((sum, r) => sum + Math.exp(r - highest), 0)),
  };
}

/**
 * Probability that the report answers a question, 0 … 1: the one place confidence comes from. A logistic regression on the evidence, calibrated for
 * each language of the question (Platt 1999) by `npm run fit`. Where there is a reader, its word and the agreement count; how alike the words are
 * (MaxSim) does not, as a report repeats its words in what it leaves open too. Without a reader, MaxSim is all there is.
 */
export function confidence(language: Language, evidence: Evidence, fit: Fit): number {
  const { bias, late, reader, agreement, ceiling } = fit.confidence[language];
  return ceiling / (1 + Math.exp(-(bias + late * evidence.late + reader * evidence.reader + agreement * evidence.agreement)));
}

/** What a confidence means. */
export function statusOf(sure: number): Exclude<Status, 'invalid'> {
  if (sure >= ANSWERED) return 'answered';
  return sure >= RELATED ? 'related' : 'not_found';
}
