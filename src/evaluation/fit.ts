import type { Fit } from '../embedding/settings.ts';
import { fuse, SIGNALS, withRelevance, zScores } from '../retrieval/fusion.ts';
import { isAnswerable, type Outcome, wereRead } from './evaluate.ts';
import { mean } from './metrics.ts';

/** Penalty on squared weights, so that separable samples have an end. */
const RIDGE = 1e-4;
const STEPS = 3000;
/** Floors of MaxSim tried for the confidence, −1 being none. */
const FLOORS = [-1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];

/**
 * Fits the ranking and the confidence of a model to the outcomes of questions whose answers are known.
 *
 * @param outcomes of on- and off-topic questions of both languages, with the model's own reader if it has one
 * @param wide outcomes of questions to another kind of text, over many passages: they only have a say in how the signals are fused, so that what
 *   helps elsewhere (exact words, above all) is not given up
 */
export function fitTo(outcomes: readonly Outcome[], wide: readonly Outcome[] = []): Fit {
  const answerable = outcomes.filter(isAnswerable);
  const [dense = 0, lexical = 0, late = 0, translation = 0] = conditionalLogit([...answerable, ...wide].map(signals), SIGNALS.length);
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
    const fits = (hasReader ? FLOORS : [-1]).map((floor) => {
      const rows = own.map(({ evidence }) => [Math.max(floor, evidence.late), ...(hasReader ? [evidence.reader] : [])]);
      return { floor, ...logit(rows, own.map(isAnswerable)) };
    });
    const { floor, bias, slopes } = highestAsGood(fits);
    const [byLate = 0, reader = 0] = slopes;
    return { bias: round(bias), late: round(byLate), reader: round(reader), floor, ceiling: 1 };
  };
  return {
    fusion: { dense: round(dense), lexical: round(lexical), late: round(late), translation: round(translation) },
    ranking: { fused: round(byFused), reader: round(byReader) },
    confidence: { ar: logistic('ar'), en: logistic('en') },
  };
}

/** Of fits in order of their floor, the last that is as good as the best: its loss within one standard error of it (Breiman et al. 1984). */
function highestAsGood<T extends { readonly losses: readonly number[] }>(fits: readonly T[]): T {
  const best = fits.reduce((one, other) => (mean(other.losses) < mean(one.losses) ? other : one));
  const asGood = (fit: T) => {
    const worse = fit.losses.map((loss, i) => loss - (best.losses[i] ?? 0));
    const by = mean(worse);
    return by <= Math.sqrt(mean(worse.map((x) => (x - by) ** 2)) / worse.length);
  };
  return fits.findLast(asGood) ?? best;
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

/** Logistic regression; the columns are brought to one scale while it descends. Returns the bias, the slope of each column and each row's loss. */
function logit(rows: readonly (readonly number[])[], labels: readonly boolean[]): { bias: number; slopes: number[]; losses: number[] } {
  const columns = (rows[0] ?? []).map((_, k) => rows.map((row) => row[k] ?? 0));
  const means = columns.map(mean);
  const deviations = columns.map((column, k) => Math.sqrt(mean(column.map((x) => (x - (means[k] ?? 0)) ** 2))) || 1);
  const scaled = rows.map((row) => [1, ...row.map((x, k) => (x - (means[k] ?? 0)) / (deviations[k] ?? 1))]);
  const chance = (row: readonly number[], w: readonly number[]) => 1 / (1 + Math.exp(-dot(row, w)));
  const lossOf = (row: readonly number[], i: number, w: readonly number[]) => -Math.log(Math.max(1e-12, labels[i] ? chance(row, w) : 1 - chance(row, w)));
  const fitted = descend(new Array<number>(columns.length + 1).fill(0), (w) => {
    const gradient = w.map(() => 0);
    let loss = 0;
    scaled.forEach((row, i) => {
      const p = chance(row, w);
      loss += lossOf(row, i, w) / rows.length;
      row.forEach((x, k) => {
        gradient[k] = (gradient[k] ?? 0) + ((p - (labels[i] ? 1 : 0)) * x) / rows.length;
      });
    });
    return { loss, gradient };
  });
  const [constant = 0, ...weights] = fitted;
  const slopes = weights.map((w, k) => w / (deviations[k] ?? 1));
  return { bias: constant - dot(slopes, means), slopes, losses: scaled.map((row, i) => lossOf(row, i, fitted)) };
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
