/** Figures of one ranking method over many questions. */
export interface RankingFigures {
  /** Share of questions whose right passage is first. */
  readonly recall1: number;
  /** Share of questions whose right passage is among the first three. */
  readonly recall3: number;
  /** Mean reciprocal rank: mean of 1 / rank, 0 where the right passage was not found. */
  readonly mrr: number;
}

/** @param ranks rank of the right passage for each question, from 1; `undefined` where it was not found */
export function rankingFigures(ranks: readonly (number | undefined)[]): RankingFigures {
  const mean = (value: (rank: number) => number) =>
    ranks.reduce<number>((sum, rank) => sum + (rank === undefined ? 0 : value(rank)), 0) / Math.max(1, ranks.length);
  return {
    recall1: mean((rank) => (rank === 1 ? 1 : 0)),
    recall3: mean((rank) => (rank <= 3 ? 1 : 0)),
    mrr: mean((rank) => 1 / rank),
  };
}
