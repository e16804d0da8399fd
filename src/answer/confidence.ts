import type { Retrieval } from '../retrieval/retriever.ts';
import type { Language } from '../text/language.ts';
import type { Status } from './answer.ts';

/**
 * Logistic regression of "the report answers this" on the MaxSim of the best passage, by language of the question, classes weighted
 * alike: answerable questions against ones on other matters, in the train split of the training reports.
 */
const LOGISTIC: Readonly<Record<Language, { readonly bias: number; readonly late: number }>> = {
  ar: { bias: -7.2, late: 25.4 },
  en: { bias: -8.4, late: 31.7 },
};
/** From this confidence on a passage is given as the answer: a wrong answer and a missed one cost the same. */
const ANSWERED = 0.5;
/** Below this nothing in the report comes near: to leave the closest passages out costs three times what it costs to show them in vain. */
const RELATED = 0.25;

/**
 * How sure it is that the report answers a question, 0 … 1: the one place confidence comes from.
 *
 * It knows a question on another matter from one on the report's. It can't tell a question of the report's own topic that the report
 * leaves open from one that it answers: no similarity does, and DESIGN.md says so.
 */
export function confidence(language: Language, { ranked }: Retrieval): number {
  const late = ranked.reduce((best, passage) => Math.max(best, passage.late), 0);
  const { bias, late: weight } = LOGISTIC[language];
  return 1 / (1 + Math.exp(-(bias + weight * late)));
}

/** What a confidence means. */
export function statusOf(sure: number): Exclude<Status, 'invalid'> {
  if (sure >= ANSWERED) return 'answered';
  return sure >= RELATED ? 'related' : 'not_found';
}
