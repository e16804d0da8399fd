/** Links of a node of a graph (M), candidates while building and while searching: Malkov & Yashunin 2018, section 4. Whoever builds it. */
export const GRAPH = { links: 16, buildCandidates: 200, searchCandidates: 100 } as const;

/** A neighbour: the label it was added under and the cosine to the query. */
export interface Neighbour {
  readonly label: number;
  readonly cosine: number;
}

/** Nearest neighbours of unit vectors by cosine. */
export interface VectorIndex {
  /** Number of vectors held. */
  readonly size: number;
  /**
   * @param query unit vector of the index's dimensions
   * @param k how many; fewer come back when the index holds fewer
   * @returns best first
   */
  search(query: Float32Array, k: number): Promise<Neighbour[]>;
}
