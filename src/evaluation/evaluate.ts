import { confidence, type Evidence, evidence } from '../answer/confidence.ts';
import type { Encoder } from '../embedding/encoder.ts';
import { buildInMemory } from '../indexing/build.ts';
import { type RankedPassage, retrieve, type StageTimes } from '../retrieval/retriever.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import { spanExact, spanF1 } from './metrics.ts';
import { documentOf, type EvaluationQuestion, type EvaluationSet } from './sets.ts';

/** The stages of retrieval, each measured as if it had the last word. */
export const STAGES = ['dense', 'lexical', 'late interaction', 'fused', 'reader'] as const;
export type Stage = (typeof STAGES)[number];

const SCORE: Readonly<Record<Stage, (passage: RankedPassage) => number>> = {
  dense: (p) => p.dense,
  lexical: (p) => p.lexical,
  'late interaction': (p) => p.late,
  fused: (p) => p.fused,
  reader: (p) => p.score,
};

export function byStage<T>(value: (stage: Stage) => T): Record<Stage, T> {
  return {
    dense: value('dense'),
    lexical: value('lexical'),
    'late interaction': value('late interaction'),
    fused: value('fused'),
    reader: value('reader'),
  };
}

/** A passage of an outcome, with what ranked it. */
export type Candidate = Pick<RankedPassage, 'label' | 'dense' | 'lexical' | 'late' | 'translation'> & { readonly relevance: number | undefined };

/** What became of one question. */
export interface Outcome {
  /** Collection that it was put to: outcomes of one belong together. */
  readonly collection: string;
  readonly language: Language;
  readonly question: EvaluationQuestion;
  /** Ranks of the right passages by each stage, from 1, ascending; `undefined` for one that the stage did not find. */
  readonly ranks: Readonly<Record<Stage, readonly (number | undefined)[]>>;
  /** Of the answer marked in the first passage against the right one: words in common, and whether they are the same; 0 in a wrong passage. */
  readonly spanF1: number;
  readonly spanExact: number;
  readonly evidence: Evidence;
  /** Probability that the collection answers. */
  readonly confidence: number;
  /** The same where the collection is without the question's right passages; `undefined` for a question without any. */
  readonly taken: { readonly evidence: Evidence; readonly confidence: number } | undefined;
  /** Milliseconds. */
  readonly times: StageTimes;
  readonly candidates: readonly Candidate[];
}

/** Whether the collection answers the question. */
export function isAnswerable({ question }: Outcome): boolean {
  return question.gold.length > 0;
}

/** Whether a reader took part. */
export function wereRead(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ candidates }) => candidates.some(({ relevance }) => relevance !== undefined));
}

/** Runs one set through the real index and the real retrieval: every question against all passages of its collection, and against all but the right ones. */
export async function evaluateSet(set: EvaluationSet, encoder: Encoder, onProgress: (done: number, total: number) => void): Promise<Outcome[]> {
  const total = set.collections.reduce((sum, { passages, questions }) => sum + passages.length + questions.length, 0);
  const outcomes: Outcome[] = [];
  let done = 0;
  for (const { id, passages, translations, questions } of set.collections) {
    const index = await buildInMemory([documentOf(id, passages, translations)], encoder, () => onProgress(++done, total));
    for (const question of questions) {
      const { ranked, times } = await retrieve(question.text, index, encoder);
      const language = detectLanguage(question.text) === 'en' ? 'en' : 'ar';
      const sureOf = (passages: readonly RankedPassage[]) => {
        const found = evidence(passages);
        return { evidence: found, confidence: confidence(language, found, encoder.info.fit) };
      };
      const answers = answersFound(ranked[0], question);
      outcomes.push({
        collection: id,
        language,
        question,
        ranks: byStage((stage) => ranksOf(question.gold, ranked, SCORE[stage])),
        spanF1: Math.max(0, ...answers.map(([given, right]) => spanF1(given, right))),
        spanExact: answers.some(([given, right]) => spanExact(given, right)) ? 1 : 0,
        ...sureOf(ranked),
        taken: question.gold.length > 0 ? sureOf((await retrieve(question.text, index, encoder, { without: question.gold })).ranked) : undefined,
        times,
        candidates: ranked.map(({ label, dense, lexical, late, translation, reading }) => ({
          label,
          dense,
          lexical,
          late,
          translation,
          relevance: reading?.relevance,
        })),
      });
      onProgress(++done, total);
    }
  }
  return outcomes;
}

/** The answer marked in a passage beside each right answer; none in a passage that is not right. */
function answersFound(passage: RankedPassage | undefined, question: EvaluationQuestion): [string, string][] {
  const span = passage?.reading?.answer;
  if (!passage || !span || !question.gold.includes(passage.label)) return [];
  const given = passage.document.source.slice(span.start, span.end);
  return question.answers.map((right) => [given, right]);
}

/** Ranks from 1. Passages of the same score are all counted before a right one: no luck. */
function ranksOf(gold: readonly number[], ranked: readonly RankedPassage[], score: (passage: RankedPassage) => number): (number | undefined)[] {
  const right = ranked.filter(({ label }) => gold.includes(label)).map(score);
  const wrong = ranked.filter(({ label }) => !gold.includes(label)).map(score);
  const ranks = right.sort((a, b) => b - a).map((own, before) => 1 + before + wrong.filter((other) => other >= own).length);
  return gold.map((_, i) => ranks[i]);
}
