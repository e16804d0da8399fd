import type { Retrieval } from '../retrieval/retriever.ts';
import type { Language } from '../text/language.ts';
import type { Status } from './answer.ts';

/**
 * Logistic regression of "the question is about what the report tells" on the MaxSim of the best passage, by language of the question,
 * classes weighted alike: answerable questions against ones on other matters, in the train split of the training reports.
 */
const ON_TOPIC: Readonly<Record<Language, { readonly bias: number; readonly late: number }>> = {
  ar: { bias: -7.2, late: 25.4 },
  en: { bias: -8.4, late: 31.7 },
};
/** Share of the questions on a report's topic that the report answers, in the same reports. */
const ANSWERED_ON_TOPIC = 0.75;
/** From even odds of being on topic a passage is given as the answer: a wrong answer and a missed one cost the same. */
const ANSWERED = 0.5 * ANSWERED_ON_TOPIC;
/** From one in four the closest passages are shown: to leave them out costs three times what it costs to show them in vain. */
const RELATED = 0.25 * ANSWERED_ON_TOPIC;

/**
 * How sure it is that the report answers a question, 0 … 0.75: the one place confidence comes from.
 *
 * It knows a question on another matter from one on the report's. Which questions on its own topic a report leaves open no similarity
 * can tell, so confidence never exceeds the share of those that are answered.
 */
export function confidence(language: Language, { ranked }: Retrieval): number {
  const late = ranked.reduce((best, passage) => Math.max(best, passage.late), 0);
  const { bias, late: weight } = ON_TOPIC[language];
  return ANSWERED_ON_TOPIC / (1 + Math.exp(-(bias + weight * late)));
}

/** What a confidence means. */
export function statusOf(sure: number): Exclude<Status, 'invalid'> {
  if (sure >= ANSWERED) return 'answered';
  return sure >= RELATED ? 'related' : 'not_found';
}
