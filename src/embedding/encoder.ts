import type { Fit } from './settings.ts';

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
  /** For a question, what the reader begins with: [its tokens, prefix and special ones included × dimensions]. Empty without a reader. */
  readonly lower: Float32Array;
  /** For a passage, what the reader keeps of it, window by window. Empty without a reader. */
  readonly memories: readonly Memory[];
}

/**
 * What the reader keeps of a window of a passage: states of four of its layers for each token (prefix and special ones included), one byte
 * a number. It is computed once, when the passage is indexed.
 */
export interface Memory {
  /** Token of the passage that the window begins with. */
  readonly start: number;
  /** [tokens × layers × dimensions] */
  readonly values: Int8Array;
  /** Factor that undoes the rounding: [tokens × layers] */
  readonly scales: Float32Array;
}

/** What the reader makes of a question and a window of a passage. */
export interface Reading {
  /** How well the passage answers, a logit: over all passages read and "no answer" (0) their softmax is a probability. */
  readonly relevance: number;
  /** First and last token of the passage that answer the question best, inclusive; `undefined` for a window without tokens. */
  readonly answer: { readonly first: number; readonly last: number } | undefined;
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
  /** Languages that questions may be in, as BCP 47 tags; `undefined`: any. */
  readonly languages: readonly string[] | undefined;
  /** Whether it can {@link Encoder.read}. */
  readonly reader: boolean;
  /** How its signals are put together. */
  readonly fit: Fit;
}

/** Turns texts into vectors and token states. Implementations never block the calling thread. */
export interface Encoder {
  readonly info: EncoderInfo;
  /** Settles with the reason when it can serve no more: closed, or its thread died. */
  readonly ended: Promise<string>;
  /**
   * @param texts any texts; an empty one has a vector but no token states
   * @param onProgress called with the number of texts done, from 1 to `texts.length`
   * @returns one result a text, in order
   */
  encode(texts: readonly string[], role: Role, onProgress?: (done: number) => void): Promise<Encoded[]>;
  /**
   * Reads a question together with passages.
   *
   * @param lower of the question as encoded
   * @param memories windows of passages
   * @returns one reading a window, in order; rejects where the model has no reader
   */
  read(lower: Float32Array, memories: readonly Memory[]): Promise<readonly Reading[]>;
  /** Ends the thread; later calls reject. */
  close(): Promise<void>;
}
