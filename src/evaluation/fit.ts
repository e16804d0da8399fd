import type { Evidence } from '../answer/confidence.ts';
import type { Fit } from '../embedding/settings.ts';
import { fuse, SIGNALS, zScores } from '../retrieval/fusion.ts';
import { isAnswerable, type Outcome, wereRead } from './evaluate.ts';
import { mean } from './metrics.ts';

/** Penalty on squared weights, so that separable samples have an end. */
const RIDGE = 1e-4;
const STEPS = 3000;

/**
 * Fits the ranking and the confidence of a model to the outcomes of questions whose answers are known.
 *
 * @param outcomes of on- and off-topic questions of both languages, with the model's own reader if it has one
 * @param wide outcomes of questions to another kind of text, over many passages: they have a say in how the signals are fused and in the confidence, so
 *   that what helps elsewhere (exact words, above all) is not given up; not in how much the reader ranks, as it was trained on them
 */
export function fitTo(outcomes: readonly Outcome[], wide: readonly Outcome[] = []): Fit {
  const answerable = outcomes.filter(isAnswerable);
  const [dense = 0, lexical = 0, late = 0, translation = 0] = conditionalLogit([...answerable, ...wide].map(signals), SIGNALS.length);
  const hasReader = wereRead(outcomes);
  // Only what was read: which passages are read depends on the fused score alone, so of them the weights come out as of all (independence of irrelevant
  // alternatives, McFadden 1974); one that was not read has no relevance to weigh.
  const withReader = answerable.map(({ candidates, question }) => {
    const fused = fuse(candidates, { dense, lexical, late, translation });
    const read = candidates.flatMap(({ label, relevance }, i) => (relevance === undefined ? [] : [{ label, row: [fused[i] ?? 0, relevance] }]));
    return { rows: read.map(({ row }) => row), right: read.map(({ label }) => question.gold.includes(label)) };
  });
  const [byFused = 1, byReader = 0] = hasReader ? conditionalLogit(withReader, 2) : [1, 0];
  const logistic = (language: 'ar' | 'en') => {
    const rows = judgements([...outcomes, ...wide].filter((outcome) => outcome.language === language));
    const names = hasReader ? (['reader', 'agreement'] as const) : (['late'] as const);
    const { bias, slopes } = logit(
      rows.map(({ evidence }) => names.map((name) => evidence[name])),
      rows,
    );
    const slope = Object.fromEntries(names.map((name, i) => [name, round(slopes[i] ?? 0)]));
    return { bias: round(bias), late: 0, reader: 0, agreement: 0, ...slope, ceiling: 1 };
  };
  return {
    fusion: { dense: round(dense), lexical: round(lexical), late: round(late), translation: round(translation) },
    ranking: { fused: round(byFused), reader: round(byReader) },
    confidence: { ar: logistic('ar'), en: logistic('en') },
  };
}

interface Judgement {
  readonly evidence: Evidence;
  readonly answerable: boolean;
  readonly weight: number;
}

/**
 * What confidence is fitted to. Two kinds of questions have no answer: those that a report leaves open, which were written to sound as if it did not, and
 * the answerable ones where their passages are gone, which are what people ask of the wrong report. Each kind has half the weight of the former, so that
 * the share of questions without an answer stays what it is.
 */
function judgements(outcomes: readonly Outcome[]): Judgement[] {
  const answerable = outcomes.filter(isAnswerable).map(({ evidence }) => ({ evidence, answerable: true, weight: 1 }));
  const open = outcomes.filter((outcome) => !isAnswerable(outcome));
  const taken = outcomes.flatMap((outcome) => outcome.taken ?? []);
  const half = taken.length === 0 ? 1 : 0.5;
  return [
    ...answerable,
    ...open.map(({ evidence }) => ({ evidence, answerable: false, weight: half })),
    ...taken.map(({ evidence }) => ({ evidence, answerable: false, weight: (half * open.length) / taken.length })),
  ];
}

/** The signals of each candidate, as they are fused. */
function signals({ candidates, question }: Outcome): Choice {
  const columns = SIGNALS.map((name) => zScores(candidates.map((candidate) => candidate[name])));
  return { rows: candidates.map((_, i) => columns.map((column) => column[i] ?? 0)), right: candidates.map(({ label }) => question.gold.includes(label)) };
}

interface Choice {
  /** Features of each candidate. */
  readonly rows: readonly (readonly number[])[];
  readonly right: readonly boolean[];
}

/** Weights that make the right candidates likeliest: softmax of the weighted features over each question's candidates (McFadden 1974). */
function conditionalLogit(choices: readonly Choice[], size: number): number[] {
  return descend(new Array<number>(size).fill(0), (weights) => {
    const gradient = new Array<number>(size).fill(0);
    let loss = 0;
    for (const { rows, right } of choices) {
      if (!right.includes(true)) continue;
      const all = softmax(rows.map((row) => dot(row, weights)));
      const share = all.reduce((sum, p, i) => sum + (right[i] ? p : 0), 0);
      loss -= Math.log(share) / choices.length;
      rows.forEach((row, i) => {
        const pull = (all[i] ?? 0) - (right[i] ? (all[i] ?? 0) / share : 0);
        row.forEach((x, k) => {
          gradient[k] = (gradient[k] ?? 0) + (pull * x) / choices.length;
        });
      });
    }
    return { loss, gradient };
  });
}

/** Logistic regression; the columns are brought to one scale while it descends. Returns the bias and the slope of each column. */
function logit(rows: readonly (readonly number[])[], judged: readonly Judgement[]): { bias: number; slopes: number[] } {
  const columns = (rows[0] ?? []).map((_, k) => rows.map((row) => row[k] ?? 0));
  const means = columns.map(mean);
  const deviations = columns.map((column, k) => Math.sqrt(mean(column.map((x) => (x - (means[k] ?? 0)) ** 2))) || 1);
  const scaled = rows.map((row) => [1, ...row.map((x, k) => (x - (means[k] ?? 0)) / (deviations[k] ?? 1))]);
  const chance = (row: readonly number[], w: readonly number[]) => 1 / (1 + Math.exp(-dot(row, w)));
  const weights = judged.reduce((sum, { weight }) => sum + weight, 0);
  const fitted = descend(new Array<number>(columns.length + 1).fill(0), (w) => {
    const gradient = w.map(() => 0);
    let loss = 0;
    scaled.forEach((row, i) => {
      const p = chance(row, w);
      const { answerable, weight } = judged[i] ?? { answerable: false, weight: 0 };
      loss -= (weight * Math.log(Math.max(1e-12, answerable ? p : 1 - p))) / weights;
      row.forEach((x, k) => {
        gradient[k] = (gradient[k] ?? 0) + (weight * (p - (answerable ? 1 : 0)) * x) / weights;
      });
    });
    return { loss, gradient };
  });
  const [constant = 0, ...byColumn] = fitted;
  const slopes = byColumn.map((w, k) => w / (deviations[k] ?? 1));
  return { bias: constant - dot(slopes, means), slopes };
}

/** Gradient descent whose step grows while the loss falls and halves where it would rise. */
function descend(start: readonly number[], evaluate: (weights: readonly number[]) => { loss: number; gradient: readonly number[] }): number[] {
  const penalized = (weights: readonly number[]) => {
    const { loss, gradient } = evaluate(weights);
    return { loss: loss + RIDGE * dot(weights, weights), gradient: gradient.map((g, k) => g + 2 * RIDGE * (weights[k] ?? 0)) };
  };
  let weights = [...start];
  let current = penalized(weights);
  let step = 1;
  for (let i = 0; i < STEPS && step > 1e-9; i++) {
    const moved = weights.map((w, k) => w - step * (current.gradient[k] ?? 0));
    const next = penalized(moved);
    if (next.loss < current.loss) {
      weights = moved;
      current = next;
      step *= 1.3;
    } else step /= 2;
  }
  return weights;
}

function softmax(values: readonly number[]): number[] {
  const highest = Math.max(...values);
  const powers = values.map((x) => Math.exp(x - highest));
  const sum = powers.reduce((total, x) => total + x, 0);
  return powers.map((x) => x / sum);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0);
}

function round(x: number): number {
  return Number(x.toPrecision(4));
}
