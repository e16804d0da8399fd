import { ANSWERED } from '../answer/confidence.ts';
import type { StageTimes } from '../retrieval/retriever.ts';
import { byStage, isAnswerable, type Outcome, type Stage, wereRead } from './evaluate.ts';
import {
  auc,
  bootstrap,
  calibrationError,
  type Judged,
  mean,
  quantile,
  type RankingFigures,
  type ReliabilityBin,
  type RiskAtCoverage,
  rankingFigures,
  reliability,
  riskCoverage,
} from './metrics.ts';

/** A figure with the ends of its 95 % bootstrap interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How well it knows when nothing answers. */
export interface AbstentionFigures {
  /** Area under the ROC curve of confidence, answerable against all others, and against those on the collection's own topic. */
  readonly auc: Estimate;
  readonly aucOnTopic: Estimate;
  /** Mean of the shares of answerable questions that were answered and of others that were not, at the threshold of `answered`. */
  readonly balancedAccuracy: Estimate;
  readonly calibrationError: Estimate;
  readonly reliability: readonly ReliabilityBin[];
  /** Risk: shares of the questions answered to which the first passage is no answer. */
  readonly riskCoverage: readonly RiskAtCoverage[];
}

/** Everything that is told of one set. */
export interface SetFigures {
  readonly set: string;
  readonly questions: number;
  readonly answerable: number;
  readonly passages: number;
  readonly stages: Readonly<Record<Stage, RankingFigures>>;
  /** R@1 of the last stage. */
  readonly recall1: Estimate;
  /** Of the answer marked, over the answerable questions: a wrong first passage counts 0. `undefined` without a reader. */
  readonly span: { readonly f1: Estimate; readonly exact: number } | undefined;
  /** `undefined` where every question is answerable. */
  readonly abstention: AbstentionFigures | undefined;
  /** Area under the ROC curve of confidence: questions whose answer is there against the same where the right passages were taken out. */
  readonly aucTaken: Estimate;
  /** Milliseconds of each stage and of them all, median and 95th percentile. */
  readonly times: Readonly<Record<keyof StageTimes | 'all', { readonly p50: number; readonly p95: number }>>;
}

/** @param passages of all collections of the set together */
export function figuresOf(set: string, passages: number, outcomes: readonly Outcome[]): SetFigures {
  const answerable = outcomes.filter(isAnswerable);
  const clusters = clustersOf(outcomes);
  const estimate = (figure: (drawn: readonly Outcome[]) => number): Estimate => {
    const [low, high] = bootstrap(clusters, (drawn) => figure(drawn.flat()));
    return { value: figure(outcomes), low, high };
  };
  const ranking = (stage: Stage, of: readonly Outcome[]) => rankingFigures(of.filter(isAnswerable).map(({ ranks }) => ranks[stage]));
  return {
    set,
    questions: outcomes.length,
    answerable: answerable.length,
    passages,
    stages: byStage((stage) => ranking(stage, outcomes)),
    recall1: estimate((drawn) => ranking('reader', drawn).recall1),
    span: wereRead(outcomes)
      ? {
          f1: estimate((drawn) => mean(drawn.filter(isAnswerable).map((o) => o.spanF1))),
          exact: mean(answerable.map((o) => o.spanExact)),
        }
      : undefined,
    abstention:
      answerable.length === outcomes.length
        ? undefined
        : {
            auc: estimate((drawn) => aucOf(drawn)),
            aucOnTopic: estimate((drawn) => aucOf(drawn.filter(({ question }) => question.onTopic))),
            balancedAccuracy: estimate(balancedAccuracy),
            calibrationError: estimate((drawn) => calibrationError(drawn.map(asAnswerable))),
            reliability: reliability(outcomes.map(asAnswerable)),
            riskCoverage: riskCoverage(outcomes.map(asRight)),
          },
    aucTaken: estimate((drawn) => {
      const asked = drawn.filter(isAnswerable);
      return auc(
        asked.map((outcome) => outcome.confidence),
        asked.flatMap(({ taken }) => taken?.confidence ?? []),
      );
    }),
    times: timesOf(outcomes),
  };
}

/** Questions of a report share its faults, so they are drawn together; where there is one collection only, each is drawn by itself. */
function clustersOf(outcomes: readonly Outcome[]): Outcome[][] {
  const byCollection = new Map<string, Outcome[]>();
  for (const outcome of outcomes) byCollection.set(outcome.collection, [...(byCollection.get(outcome.collection) ?? []), outcome]);
  return byCollection.size > 1 ? [...byCollection.values()] : outcomes.map((outcome) => [outcome]);
}

function aucOf(outcomes: readonly Outcome[]): number {
  const confidences = (answerable: boolean) => outcomes.filter((outcome) => isAnswerable(outcome) === answerable).map((outcome) => outcome.confidence);
  return auc(confidences(true), confidences(false));
}

function balancedAccuracy(outcomes: readonly Outcome[]): number {
  const rate = (answerable: boolean) =>
    mean(outcomes.filter((outcome) => isAnswerable(outcome) === answerable).map(({ confidence }) => (confidence >= ANSWERED === answerable ? 1 : 0)));
  return (rate(true) + rate(false)) / 2;
}

function asAnswerable(outcome: Outcome): Judged {
  return { confidence: outcome.confidence, right: isAnswerable(outcome) };
}

function asRight({ confidence, ranks }: Outcome): Judged {
  return { confidence, right: ranks.reader.some((rank) => rank === 1) };
}

function timesOf(outcomes: readonly Outcome[]): SetFigures['times'] {
  const of = (pick: (times: StageTimes) => number) => {
    const values = outcomes.map(({ times }) => pick(times));
    return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
  };
  return {
    encoding: of((t) => t.encoding),
    candidates: of((t) => t.candidates),
    'late interaction': of((t) => t['late interaction']),
    reader: of((t) => t.reader),
    all: of((t) => t.encoding + t.candidates + t['late interaction'] + t.reader),
  };
}
