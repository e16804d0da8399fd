/** A passage that was found. */
export interface Hit {
  /** Place of the passage in the list that the index was built from. */
  readonly label: number;
  /** Higher is better; compares within one peer. */
  readonly score: number;
}

/** An index that a peer has built. */
export interface Built {
  /** The best `k` passages, best first. */
  search(question: string, k: number): Promise<readonly Hit[]>;
  /**
   * How sure it is that something answers, 0 … 1 or any number that grows with it; `undefined`: the score of the best hit is all it has.
   */
  sureness?(question: string): Promise<number>;
  close(): Promise<void>;
}

/** Something that finds passages. */
export interface Peer {
  readonly id: string;
  /** Name and version, as a table shows them. */
  readonly name: string;
  /** What of it is measured. */
  readonly what: string;
  /**
   * @param texts the passages
   * @param vectors unit vectors of the passages where they are there already; else the peer embeds them itself. Ignored by those that use none
   * @param folder where it may keep what it builds
   */
  build(texts: readonly string[], vectors: readonly Float32Array[] | undefined, folder: string): Promise<Built>;
}
