/** What a text is encoded as: models trained with prefixes tell a question from a passage. */
export type Role = 'query' | 'passage';

/** A text as the model sees it. */
export interface Encoded {
  /**
   * One unit vector for each window of the text, [windows × dimensions], row by row. A text within the model's limit has one
   * window; a longer passage has overlapping ones; a longer question is cut to the first.
   */
  readonly vectors: Float32Array;
  /** One unit vector for each token, [tokens × dimensions], row by row, the model's token mean subtracted; no special tokens, no prefix. */
  readonly states: Float32Array;
  /** For each token the span of the word it belongs to (a run without white space), as start, end pairs in the text, UTF-16 code units. */
  readonly spans: Uint32Array;
}

/** What tells one model from another. */
export interface EncoderInfo {
  /** Folder name or hub id. */
  readonly id: string;
  /** SHA-256 over every file of the model that was read, hexadecimal. */
  readonly sha256: string;
  readonly dimensions: number;
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number;
}

/** Turns texts into vectors and token states. Implementations never block the calling thread. */
export interface Encoder {
  readonly info: EncoderInfo;
  /**
   * @param texts any texts; an empty one has a vector but no token states
   * @param onProgress called with the number of texts done, from 1 to `texts.length`
   * @returns one result a text, in order
   */
  encode(texts: readonly string[], role: Role, onProgress?: (done: number) => void): Promise<Encoded[]>;
  /** Ends the thread; later calls reject. */
  close(): Promise<void>;
}
