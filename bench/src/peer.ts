/** A passage that was found. */
export interface Hit {
  /** Place of the passage in the list that the index was built from. */
  readonly label: number;
  /** Higher is better; compares within one peer. */
  readonly score: number;
}

/** Passages to search. */
export interface Passages {
  readonly texts: readonly string[];
  /** Language of the texts. */
  readonly language: 'ar' | 'en';
  /** Unit vectors of the texts where they are there already; `undefined`: whoever needs vectors embeds. */
  readonly vectors: readonly Float32Array[] | undefined;
  /** Folder of what the texts are composed of (compose.ts), for whoever needs more than vectors; `undefined`: they are embedded as they are. */
  readonly composedIn: string | undefined;
}

/** Something that can be asked. */
export interface Searcher {
  /** The best `k` passages, best first. */
  search(question: string, k: number): Promise<readonly Hit[]>;
  /** Milliseconds of the stages of the last question; `undefined`: embedding, and the rest. */
  stages?(): Readonly<Record<string, number>>;
  /**
   * How sure it is that some passage answers, any number that grows with it; `undefined`: the score of the best hit is all there is.
   *
   * @param without a passage taken out of the index before
   */
  sureness?(question: string, without: number | undefined): Promise<number>;
  /** Of the `k` vectors nearest to a question, the share that its index finds; `undefined`: it compares with all. */
  recall?(question: string, k: number): Promise<number>;
  /** Bytes of what was saved elsewhere than in its folder. */
  bytes?(): Promise<number>;
  close?(): Promise<void>;
}

/** Something that finds passages. */
export interface Peer {
  /** Name and version, as a table shows them. */
  readonly name: string;
  /** What of it is measured. */
  readonly what: string;
  /** Whether its texts are embedded, by the model all share. */
  readonly embeds: boolean;
  /** @param folder where it saves what it builds, if it can */
  build(passages: Passages, folder: string): Promise<Searcher>;
  /** Opens what a build has saved; `undefined`: it saves nothing, so every start builds anew. */
  open?(folder: string, passages: Passages): Promise<Searcher>;
}
