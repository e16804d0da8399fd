import type { Encoder } from '../embedding/encoder.ts';
import { buildIndex } from '../indexing/build.ts';
import { type RankedPassage, retrieve } from '../retrieval/retriever.ts';
import { type RankingFigures, rankingFigures } from './metrics.ts';
import { documentOf, type RetrievalTask } from './sets.ts';

/** The stages of retrieval, each measured as if it had the last word. */
export const STAGES = ['dense', 'lexical', 'late interaction', 'fused'] as const;
export type Stage = (typeof STAGES)[number];

const SCORE: Record<Stage, (passage: RankedPassage) => number> = {
  dense: (p) => p.dense,
  lexical: (p) => p.lexical,
  'late interaction': (p) => p.late,
  fused: (p) => p.score,
};

export interface TaskFigures {
  readonly task: string;
  readonly questions: number;
  readonly passages: number;
  readonly stages: Record<Stage, RankingFigures>;
}

export type EvaluationProgress = (phase: 'passages' | 'questions', done: number, total: number) => void;

/** Runs one task through the real index and the real retrieval: every question against all passages of the set. */
export async function evaluateTask(task: RetrievalTask, encoder: Encoder, onProgress: EvaluationProgress): Promise<TaskFigures> {
  const index = await buildIndex([documentOf(task.name, task.passages)], encoder, (done, total) => onProgress('passages', done, total));
  const ranks: Record<Stage, (number | undefined)[]> = { dense: [], lexical: [], 'late interaction': [], fused: [] };
  for (const [done, question] of task.questions.entries()) {
    const { ranked } = await retrieve(question.text, index, encoder);
    for (const stage of STAGES) ranks[stage].push(rankOf(question.gold, ranked, SCORE[stage]));
    onProgress('questions', done + 1, task.questions.length);
  }
  const figures = (stage: Stage) => rankingFigures(ranks[stage]);
  return {
    task: task.name,
    questions: task.questions.length,
    passages: task.passages.length,
    stages: { dense: figures('dense'), lexical: figures('lexical'), 'late interaction': figures('late interaction'), fused: figures('fused') },
  };
}

/** Rank from 1; `undefined` where the stage gave the passage nothing. Passages of the same score are all counted before it: no luck. */
function rankOf(gold: number, ranked: readonly RankedPassage[], score: (passage: RankedPassage) => number): number | undefined {
  const right = ranked.find((passage) => passage.label === gold);
  if (!right) return undefined;
  const own = score(right);
  return ranked.filter((passage) => passage === right || score(passage) >= own).length;
}
