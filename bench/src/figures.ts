/** What is told of quality. */
import { measuring } from './isnad.ts';
import type { Named, QualityResult } from './jobs.ts';
import { PEER_IDS, type PeerId } from './peers.ts';
import { readPublic, SETS, type SetName } from './public-sets.ts';
import type { Store } from './store.ts';

type RankingFigures = import('../../src/evaluation/metrics.ts').RankingFigures;
type RiskAtCoverage = import('../../src/evaluation/metrics.ts').RiskAtCoverage;

export type { Estimate };

type Estimate = import('../../src/evaluation/figures.ts').Estimate;

export const RANKING = ['recall1', 'recall3', 'recall5', 'mrr', 'ndcg10'] as const satisfies readonly (keyof RankingFigures)[];

export interface QualityFigures {
  readonly set: SetName;
  readonly peer: PeerId;
  readonly named: Named;
  readonly ranking: Readonly<Record<keyof RankingFigures, Estimate>>;
  /** How often it is surer of a question whose passage is there than of one whose passage was taken out. */
  readonly auc: Estimate;
  /** Of both together: a wrong first passage is wrong, and any is where the right one was taken out. */
  readonly riskCoverage: readonly RiskAtCoverage[];
}

/** Questions of one passage share its faults, so they are drawn together: what the intervals are made from. */
interface Cluster {
  readonly number: number;
  readonly questions: number;
  /** Means over its questions. */
  readonly ranking: RankingFigures;
  /** Of those of its questions that were asked without their passage too. */
  readonly answerable: readonly number[];
  readonly taken: readonly number[];
}

/** @param folder of the public sets */
export async function qualityFigures(store: Store, folder: string): Promise<QualityFigures[]> {
  const all: QualityFigures[] = [];
  for (const set of SETS) {
    const gold = (await readPublic(folder, set)).questions.map((question) => question.gold[0] ?? 0);
    for (const peer of PEER_IDS) {
      const result = store.get(`quality/${set}/${peer}`);
      if (result) all.push(await figuresOf(set, peer, result, gold));
    }
  }
  return all;
}

async function figuresOf(set: SetName, peer: PeerId, { name, what, embeds, ranks, sure }: QualityResult, gold: readonly number[]): Promise<QualityFigures> {
  const { auc, bootstrap, rankingFigures, riskCoverage } = await measuring();
  const clusters = [...new Set(gold)].map((passage, number): Cluster => {
    const own = ranks.filter((_, question) => gold[question] === passage);
    const asked = sure.filter(({ question }) => gold[question] === passage);
    return {
      number,
      questions: own.length,
      ranking: rankingFigures(own.map((rank) => [rank ?? undefined])),
      answerable: asked.map(({ answerable }) => answerable),
      taken: asked.map(({ taken }) => taken),
    };
  });
  const estimate = (of: (drawn: readonly Cluster[]) => number): Estimate => {
    const [low, high] = bootstrap(clusters, of);
    return { value: of(clusters), low, high };
  };
  // A mean over questions, from the means of clusters: a thousand draws go through a few hundred numbers, not through every question.
  const ranking = (key: keyof RankingFigures) =>
    estimate((drawn) => sum(drawn.map((own) => own.questions * own.ranking[key])) / sum(drawn.map(({ questions }) => questions)));
  // AUC is a share of pairs: those of two clusters are compared once, not in every draw.
  const pairs = (own: Cluster, other: Cluster) => own.answerable.length * other.taken.length;
  const above = clusters.map((own) => Float64Array.from(clusters, (other) => pairs(own, other) * auc(own.answerable, other.taken)));
  const aucOf = (drawn: readonly Cluster[]) => {
    let wins = 0;
    for (const { number } of drawn) {
      const row = above[number] ?? new Float64Array();
      for (const other of drawn) wins += row[other.number] ?? 0;
    }
    return wins / (sum(drawn.map(({ answerable }) => answerable.length)) * sum(drawn.map(({ taken }) => taken.length)));
  };
  return {
    set,
    peer,
    named: { name, what, embeds },
    ranking: { recall1: ranking('recall1'), recall3: ranking('recall3'), recall5: ranking('recall5'), mrr: ranking('mrr'), ndcg10: ranking('ndcg10') },
    auc: estimate(aucOf),
    riskCoverage: riskCoverage(
      sure.flatMap(({ question, answerable, taken }) => [
        { confidence: answerable, right: ranks[question] === 1 },
        { confidence: taken, right: false },
      ]),
    ),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
