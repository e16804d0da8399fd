import type { Fit } from '../embedding/settings.ts';
import { fuse, withRelevance, zScores } from '../retrieval/fusion.ts';
import { isAnswerable, type Outcome, wereRead } from './evaluate.ts';
import { mean } from './metrics.ts';

/** Penalty on squared weights, so that separable samples have an end. */
const RIDGE = 1e-4;
const STEPS = 3000;

/**
 * Fits the ranking and the confidence of a model to the outcomes of questions whose answers are known.
 *
 * @param outcomes of on- and off-topic questions of both languages, with the model's own reader if it has one
 * @param wide outcomes of questions to another kind of text, over many passages: they only have a say in how the signals are fused, so that what
 *   helps elsewhere (exact words, above all) is not given up
 */
export function fitTo(outcomes: readonly Outcome[], wide: readonly Outcome[] = []): Fit {
  const answerable = outcomes.filter(isAnswerable);
  const [dense = 0, lexical = 0, late = 0, translation = 0] = conditionalLogit([...answerable, ...wide].map(signals), 4);
  const hasReader = wereRead(outcomes);
  const withReader = answerable.map(({ candidates, question }) => {
    const fused = fuse(candidates, { dense, lexical, late, translation });
    const relevances = candidates.map(({ relevance }) => relevance);
    const read = withRelevance(fused, relevances, { fused: 0, reader: 1 });
    return { rows: fused.map((score, i) => [score, read[i] ?? 0]), right: candidates.map(({ label }) => question.gold.includes(label)) };
  });
  const [byFused = 1, byReader = 0] = hasReader ? conditionalLogit(withReader, 2) : [1, 0];
  const logistic = (language: 'ar' | 'en') => {
    const own = outcomes.filter((outcome) => outcome.language === language);
    const rows = own.map(({ evidence }) => [evidence.late, ...(hasReader ? [evidence.reader] : [])]);
    const [bias, [byLate = 0, reader = 0]] = logit(rows, own.map(isAnswerable));
    return { bias: round(bias), late: round(byLate), reader: round(reader), ceiling: 1 };
  };
  return {
    fusion: { dense: round(dense), lexical: round(lexical), late: round(late), translation: round(translation) },
    ranking: { fused: round(byFused), reader: round(byReader) },
    confidence: { ar: logistic('ar'), en: logistic('en') },
  };
}

/** The signals of each candidate, as they are fused. */
function signals({ candidates, question }: Outcome): Choice {
  const columns = [candidates.map((c) => c.dense), candidates.map((c) => c.lexical), candidates.map((c) => c.late), candidates.map((c) => c.translation)].map(
    zScores,
  );
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
function logit(rows: readonly (readonly number[])[], labels: readonly boolean[]): [number, number[]] {
  const columns = (rows[0] ?? []).map((_, k) => rows.map((row) => row[k] ?? 0));
  const means = columns.map(mean);
  const deviations = columns.map((column, k) => Math.sqrt(mean(column.map((x) => (x - (means[k] ?? 0)) ** 2))) || 1);
  const scaled = rows.map((row) => [1, ...row.map((x, k) => (x - (means[k] ?? 0)) / (deviations[k] ?? 1))]);
  const [constant = 0, ...weights] = descend(new Array<number>(columns.length + 1).fill(0), (w) => {
    const gradient = w.map(() => 0);
    let loss = 0;
    scaled.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-dot(row, w)));
      loss -= Math.log(Math.max(1e-12, labels[i] ? p : 1 - p)) / rows.length;
      row.forEach((x, k) => {
        gradient[k] = (gradient[k] ?? 0) + ((p - (labels[i] ? 1 : 0)) * x) / rows.length;
      });
    });
    return { loss, gradient };
  });
  const slopes = weights.map((w, k) => w / (deviations[k] ?? 1));
  return [constant - dot(slopes, means), slopes];
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
