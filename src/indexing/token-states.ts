import type { Encoded } from '../embedding/encoder.ts';
import { concatenated } from './bytes.ts';

/** Opens a states file: "ISNS" and the counts that follow. */
const MAGIC = 0x49534e53;
const HEADER_WORDS = 4;

/** The token states of one text as they are kept. */
export interface QuantizedStates {
  /** [tokens × dimensions] */
  readonly values: Int8Array;
  /** Factor of each token that undoes the rounding: [tokens]. */
  readonly scales: Float32Array;
  /** Span of each token's word in the text, start and end in UTF-16 code units: [tokens × 2]. */
  readonly spans: Uint32Array;
}

/**
 * Rounds a text's token states to one byte a number: each is scaled by its largest component (symmetric, one scale a token). A quarter of float32's
 * size, and a cosine is off by less than 0.01.
 */
export function quantized({ states, spans }: Pick<Encoded, 'states' | 'spans'>, dimensions: number): QuantizedStates {
  const tokens = states.length / dimensions;
  const scales = new Float32Array(tokens);
  const values = new Int8Array(states.length);
  for (let t = 0; t < tokens; t++) {
    const state = states.subarray(t * dimensions, (t + 1) * dimensions);
    const largest = state.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    scales[t] = largest / 127;
    for (let k = 0; k < dimensions; k++) values[t * dimensions + k] = largest > 0 ? Math.round(((state[k] ?? 0) * 127) / largest) : 0;
  }
  return { values, scales, spans };
}

/** Token states of every text of an index, for late interaction. */
export class TokenStates {
  /** First token of each text, and the total at the end: [texts + 1]. */
  readonly offsets: Uint32Array;
  /** [tokens × dimensions] */
  readonly values: Int8Array;
  /** Factor of each token that undoes the rounding: [tokens]. */
  readonly scales: Float32Array;
  /** Span of each token's word in its text, start and end in UTF-16 code units: [tokens × 2]. */
  readonly spans: Uint32Array;
  readonly dimensions: number;

  private constructor(dimensions: number, offsets: Uint32Array, spans: Uint32Array, scales: Float32Array, values: Int8Array) {
    this.dimensions = dimensions;
    this.offsets = offsets;
    this.spans = spans;
    this.scales = scales;
    this.values = values;
  }

  /** @param texts states of each text, in order */
  static from(texts: readonly QuantizedStates[], dimensions: number): TokenStates {
    const offsets = new Uint32Array(texts.length + 1);
    texts.forEach(({ scales }, i) => {
      offsets[i + 1] = (offsets[i] ?? 0) + scales.length;
    });
    const tokens = offsets.at(-1) ?? 0;
    const spans = new Uint32Array(2 * tokens);
    const scales = new Float32Array(tokens);
    const values = new Int8Array(tokens * dimensions);
    texts.forEach((text, i) => {
      const first = offsets[i] ?? 0;
      spans.set(text.spans, 2 * first);
      scales.set(text.scales, first);
      values.set(text.values, first * dimensions);
    });
    return new TokenStates(dimensions, offsets, spans, scales, values);
  }

  /** The states of one text: a view. */
  of(text: number): QuantizedStates {
    const [from = 0, to = from] = this.offsets.subarray(text, text + 2);
    return {
      values: this.values.subarray(from * this.dimensions, to * this.dimensions),
      scales: this.scales.subarray(from, to),
      spans: this.spans.subarray(2 * from, 2 * to),
    };
  }

  /** Layout: header (magic, passages, tokens, dimensions), offsets, spans, scales, values; little-endian. */
  toBytes(): Uint8Array {
    const header = Uint32Array.of(MAGIC, this.offsets.length - 1, this.scales.length, this.dimensions);
    return concatenated([header, this.offsets, this.spans, this.scales, this.values]);
  }

  /** @throws Error when the bytes are not a states file */
  static fromBytes(bytes: Uint8Array): TokenStates {
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const [magic = 0, passages = 0, tokens = 0, dimensions = 0] = new Uint32Array(buffer, 0, HEADER_WORDS);
    const expected = 4 * (HEADER_WORDS + passages + 1 + 3 * tokens) + tokens * dimensions;
    if (magic !== MAGIC || expected !== buffer.byteLength) throw new Error('not a token states file');
    let at = 4 * HEADER_WORDS;
    const take = (words: number) => {
      const from = at;
      at += 4 * words;
      return from;
    };
    return new TokenStates(
      dimensions,
      new Uint32Array(buffer, take(passages + 1), passages + 1),
      new Uint32Array(buffer, take(2 * tokens), 2 * tokens),
      new Float32Array(buffer, take(tokens), tokens),
      new Int8Array(buffer, at),
    );
  }
}
