import type { Retrieval } from '../retrieval/retriever.ts';
import type { Language } from '../text/language.ts';
import { words } from '../text/words.ts';
import type { Status } from './answer.ts';

/** Weights of the logistic model, by language of the question. */
interface Weights {
  readonly bias: number;
  readonly late: number;
  readonly coverage: number;
  readonly lead: number;
}

const WEIGHTS: Record<Language, Weights> = {
  ar: { bias: 0, late: 0, coverage: 0, lead: 0 },
  en: { bias: 0, late: 0, coverage: 0, lead: 0 },
};

/** From this confidence on a passage is given as the answer. */
const ANSWERED = 0.5;
/** Below this nothing in the report comes near. */
const RELATED = 0.25;

/**
 * How sure it is that the best passage answers the question, 0 … 1: the one place confidence comes from.
 *
 * Logistic regression on what retrieval saw: MaxSim of the best passage, the share of the question's content words that stand in it,
 * and its lead in MaxSim over the third. Similarity alone hardly tells an unanswerable question of the report's own topic from an
 * answerable one; DESIGN.md says what this is worth.
 */
export function confidence(question: string, language: Language, retrieval: Retrieval): number {
  const { late, coverage, lead } = evidence(question, retrieval);
  const weights = WEIGHTS[language];
  return 1 / (1 + Math.exp(-(weights.bias + weights.late * late + weights.coverage * coverage + weights.lead * lead)));
}

/** The features of {@link confidence}. */
export function evidence(question: string, retrieval: Retrieval): { late: number; coverage: number; lead: number } {
  const [best] = retrieval.ranked;
  if (!best) return { late: 0, coverage: 0, lead: 0 };
  const late = retrieval.ranked.map((passage) => passage.late).sort((a, b) => b - a);
  const asked = new Set(words(question).flatMap((word) => (word.content ? [word.term] : [])));
  const said = new Set(words(best.passage.text).map((word) => word.term));
  const found = [...asked].filter((term) => said.has(term)).length;
  return { late: best.late, coverage: asked.size === 0 ? 0 : found / asked.size, lead: (late[0] ?? 0) - (late[2] ?? 0) };
}

/** What a confidence means. */
export function statusOf(sure: number): Exclude<Status, 'invalid'> {
  if (sure >= ANSWERED) return 'answered';
  return sure >= RELATED ? 'related' : 'not_found';
}
