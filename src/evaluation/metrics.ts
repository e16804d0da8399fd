import { fold } from '../text/fold.ts';

/** Means over questions of what one ranking method did. */
export interface RankingFigures {
  /** Share of questions with a right passage first, among the first three, among the first five. */
  readonly recall1: number;
  readonly recall3: number;
  readonly recall5: number;
  /** Mean reciprocal rank of the first right passage, 0 where none was found. */
  readonly mrr: number;
  /** Normalized discounted cumulative gain of the first ten (Järvelin & Kekäläinen 2002), every right passage of gain 1. */
  readonly ndcg10: number;
}

/** @param ranks for each question the ranks of its right passages, from 1, ascending; those that were not found are `undefined` */
export function rankingFigures(ranks: readonly (readonly (number | undefined)[])[]): RankingFigures {
  const first = ranks.map((all) => Math.min(...all.map((rank) => rank ?? Number.POSITIVE_INFINITY)));
  const within = (k: number) => mean(first.map((rank) => (rank <= k ? 1 : 0)));
  return { recall1: within(1), recall3: within(3), recall5: within(5), mrr: mean(first.map((rank) => 1 / rank)), ndcg10: mean(ranks.map(ndcg)) };
}

function ndcg(ranks: readonly (number | undefined)[]): number {
  const gain = (rank: number) => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0);
  const ideal = ranks.reduce<number>((sum, _, i) => sum + gain(i + 1), 0);
  return ranks.reduce<number>((sum, rank) => sum + (rank === undefined ? 0 : gain(rank)), 0) / ideal;
}

/**
 * Words in common of an answer and the right one, as SQuAD measures it (Rajpurkar et al. 2016, arXiv 1606.05250), on folded words
 * without the Arabic article.
 */
export function spanF1(answer: string, right: string): number {
  const [a, b] = [answerWords(answer), answerWords(right)];
  const left = [...b];
  const common = a.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return common === 0 ? 0 : (2 * common) / (a.length + b.length);
}

/** Whether two answers are the same words. */
export function spanExact(answer: string, right: string): boolean {
  return answerWords(answer).join(' ') === answerWords(right).join(' ');
}

function answerWords(text: string): string[] {
  const all = (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/^ال(?=..)/u, ''));
  return all.filter((word) => !['the', 'a', 'an'].includes(word));
}

/** Probability that a positive's value is above a negative's, ties counted half: the area under the ROC curve (Mann-Whitney). */
export function auc(positive: readonly number[], negative: readonly number[]): number {
  let above = 0;
  for (const p of positive) for (const n of negative) above += p > n ? 1 : p === n ? 0.5 : 0;
  return above / (positive.length * negative.length);
}

/** A decision with how sure it was made and whether it was right. */
export interface Judged {
  /** 0 … 1 */
  readonly confidence: number;
  readonly right: boolean;
}

/** A bar of a reliability diagram. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence in the bin, and share that was right. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Ten bins of equal width; empty ones are left out. */
export function reliability(judged: readonly Judged[]): ReliabilityBin[] {
  return Array.from({ length: 10 }, (_, i) => ({ from: i / 10, to: (i + 1) / 10 })).flatMap(({ from, to }) => {
    const inside = judged.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1));
    if (inside.length === 0) return [];
    return [{ from, to, count: inside.length, confidence: mean(inside.map((j) => j.confidence)), accuracy: mean(inside.map((j) => (j.right ? 1 : 0))) }];
  });
}

/** Expected calibration error: mean distance of confidence and accuracy, bins weighted by their size (Guo et al. 2017, arXiv 1706.04599). */
export function calibrationError(judged: readonly Judged[]): number {
  return reliability(judged).reduce((sum, bin) => sum + (bin.count / judged.length) * Math.abs(bin.confidence - bin.accuracy), 0);
}

/** Of the questions answered when only the surest share is, how many wrongly. */
export interface RiskAtCoverage {
  readonly coverage: number;
  readonly risk: number;
}

/** Risk–coverage curve (Geifman & El-Yaniv 2017, arXiv 1705.08500), one point a question, the surest first. */
export function riskCoverage(judged: readonly Judged[]): RiskAtCoverage[] {
  let wrong = 0;
  return [...judged]
    .sort((a, b) => b.confidence - a.confidence)
    .map(({ right }, i) => {
      wrong += right ? 0 : 1;
      return { coverage: (i + 1) / judged.length, risk: wrong / (i + 1) };
    });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
}

/** @param share 0.5 for the median */
export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
}

/**
 * Bootstrap interval (Efron 1979): the middle 95 of 100 values of a figure when its sample is drawn anew.
 *
 * @param sample what is drawn: clusters of questions that belong together (a report's), or single questions
 * @param figure of a sample
 * @returns lower and upper end; the same for the same sample, as the draws are seeded
 */
export function bootstrap<T>(sample: readonly T[], figure: (drawn: readonly T[]) => number, draws = 1000): readonly [number, number] {
  const random = mulberry32(1);
  const values = Array.from({ length: draws }, () => figure(sample.map(() => sample[Math.floor(random() * sample.length)] as T)));
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

/** Small seeded generator of numbers in [0, 1) (Mulberry32, T. Ettinger, public domain). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
