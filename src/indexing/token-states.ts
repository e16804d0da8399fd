import type { Encoded } from '../embedding/encoder.ts';

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
    let largest = 0;
    for (let k = t * dimensions; k < (t + 1) * dimensions; k++) largest = Math.max(largest, Math.abs(states[k] as number));
    scales[t] = largest / 127;
    if (largest > 0) for (let k = t * dimensions; k < (t + 1) * dimensions; k++) values[k] = Math.round(((states[k] as number) * 127) / largest);
  }
  return { values, scales, spans };
}
