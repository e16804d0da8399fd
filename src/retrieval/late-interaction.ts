import type { QuantizedStates } from '../indexing/token-states.ts';

/** max-sim.wat, compiled (393 bytes): SIMD is what makes late interaction over long passages a matter of milliseconds. */
export const COMPILED =
  'AGFzbQEAAAABDAFgCH9/f39/f39/AAMCAQAFAwEAAQcRAgZtZW1vcnkCAARiZXN0AAAK1AIB0QIHAX8BfQF/AX0EfwJ7AX8gBUFwcSEPAkADQCABRQ0BQQAhCEMAAID/IQkgAiEMQQAhCgNA/QwAAAAAAAAAAAAAAAAAAAAAIREgACENQQAhDgJAA0AgDiAPTw0BIAz9AAQAIRAgESAQ/YcBIA39AAQA/boBIBD9iAEgDf0ABBD9ugH9rgH9rgEhESAMQRBqIQwgDUEgaiENIA5BEGohDgwACwsgEf0bACAR/RsBaiAR/RsCIBH9GwNqaiESAkADQCAOIAVPDQEgEiAMLAAAIA0uAQBsaiESIAxBAWohDCANQQJqIQ0gDkEBaiEODAALCyASsiADIApBAnRqKgIAlCELIAsgCV4EQCALIQkgCiEICyAKQQFqIQogCiAESQ0ACyAGIAg2AgAgByAJOAIAIAZBBGohBiAHQQRqIQcgACAFQQF0aiEAIAFBAWshAQwACwsL';

/** Largest sum of products that fits in 32 bits, over the largest stored number. */
const ROOM = (2 ** 31 - 1) / 127;
const LARGEST_INT16 = 2 ** 15 - 1;
/** Bytes of a page of WebAssembly's memory. */
const PAGE = 2 ** 16;
/** SIMD loads of an address that 16 divides are fastest. */
const ALIGNMENT = 16;

/** What of the standard's interface is used here; its types come with a browser's, which this is not. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Compiled {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  readonly best: (
    question: number,
    questions: number,
    values: number,
    scales: number,
    tokens: number,
    dimensions: number,
    bestToken: number,
    bestScore: number,
  ) => void;
}

const { memory, best } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(COMPILED, 'base64'))).exports as Compiled;

/** For one question token, the passage token most like it. */
export interface TokenMatch {
  /** Token of the passage. */
  readonly token: number;
  readonly cosine: number;
}

/**
 * Best match of every question token among tokens `from` to `to` (exclusive) of a text. The question's numbers are rounded to 16 bits, those
 * stored are of 8: the first rounding is lost in the second.
 *
 * @param question unit token states [tokens × dimensions]
 * @returns one match a question token; empty when either side has no tokens
 */
export function bestMatches(question: Float32Array, text: QuantizedStates, from = 0, to = text.scales.length): TokenMatch[] {
  const tokens = to - from;
  if (tokens <= 0 || question.length === 0) return [];
  const dimensions = text.values.length / text.scales.length;
  const asked = question.length / dimensions;
  const [values, scales, rounded, bestToken, bestScore] = addresses(tokens * dimensions, 4 * tokens, 2 * question.length, 4 * asked, 4 * asked);
  new Int8Array(memory.buffer).set(text.values.subarray(from * dimensions, to * dimensions), values);
  new Float32Array(memory.buffer, scales, tokens).set(text.scales.subarray(from, to));
  const factors = roundTo16Bits(question, dimensions, new Int16Array(memory.buffer, rounded, question.length));
  best(rounded, asked, values, scales, tokens, dimensions, bestToken, bestScore);
  const places = new Int32Array(memory.buffer, bestToken, asked);
  const scores = new Float32Array(memory.buffer, bestScore, asked);
  return factors.map((factor, i) => ({ token: from + (places[i] ?? 0), cosine: (scores[i] ?? 0) * factor }));
}

/** Lays blocks of these sizes (bytes) one after the other, makes room for them, and gives their addresses. */
function addresses(...sizes: readonly [number, number, number, number, number]): [number, number, number, number, number] {
  let end = 0;
  const place = (size: number) => {
    const at = end;
    end = Math.ceil((at + size) / ALIGNMENT) * ALIGNMENT;
    return at;
  };
  const [a, b, c, d, e] = sizes;
  const placed: [number, number, number, number, number] = [place(a), place(b), place(c), place(d), place(e)];
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return placed;
}

/** Rounds each state with the largest factor that no sum overflows by. @returns what undoes it, a number a state */
function roundTo16Bits(states: Float32Array, dimensions: number, into: Int16Array): number[] {
  const range = Math.min(LARGEST_INT16, Math.floor(ROOM / dimensions));
  const factors: number[] = [];
  for (let at = 0; at < states.length; at += dimensions) {
    let largest = 0;
    for (let k = at; k < at + dimensions; k++) largest = Math.max(largest, Math.abs(states[k] as number));
    const factor = largest / range;
    for (let k = at; k < at + dimensions; k++) into[k] = factor > 0 ? Math.round((states[k] as number) / factor) : 0;
    factors.push(factor);
  }
  return factors;
}

/** MaxSim: the mean over question tokens of their best cosine (Khattab & Zaharia 2020, arXiv 2004.12832); 0 without tokens. */
export function maxSim(matches: readonly TokenMatch[]): number {
  return matches.length === 0 ? 0 : matches.reduce((sum, match) => sum + match.cosine, 0) / matches.length;
}
