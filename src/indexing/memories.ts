import type { Memory } from '../embedding/encoder.ts';
import { concatenated } from './bytes.ts';

/** Opens a memories file: "ISNM" and the counts that follow. */
const MAGIC = 0x49534e4d;
const HEADER_WORDS = 5;
/** Words of a window's entry: its passage, its first token, the number of its scales. */
const ENTRY = 3;

/** What the reader keeps of every passage: one memory a window. Without a reader there is none. */
export class Memories {
  /** Memories of each passage, by its label. */
  readonly #byPassage: readonly (readonly Memory[])[];

  private constructor(byPassage: readonly (readonly Memory[])[]) {
    this.#byPassage = byPassage;
  }

  /** @param passages memories of each text, in order */
  static from(passages: readonly { readonly memories: readonly Memory[] }[]): Memories {
    return new Memories(passages.map((passage) => passage.memories));
  }

  /** Number of passages. */
  get size(): number {
    return this.#byPassage.length;
  }

  of(label: number): readonly Memory[] {
    return this.#byPassage[label] ?? [];
  }

  /** Layout: header (magic, passages, windows, scales, bytes of values), entries, scales, values; little-endian. */
  toBytes(): Uint8Array {
    const windows = this.#byPassage.flatMap((memories, passage) => memories.map((memory) => ({ passage, ...memory })));
    const scales = windows.reduce((sum, memory) => sum + memory.scales.length, 0);
    const values = windows.reduce((sum, memory) => sum + memory.values.length, 0);
    const header = Uint32Array.of(MAGIC, this.#byPassage.length, windows.length, scales, values);
    const entries = Uint32Array.from(windows.flatMap((memory) => [memory.passage, memory.start, memory.scales.length]));
    return concatenated([header, entries, ...windows.map((memory) => memory.scales), ...windows.map((memory) => memory.values)]);
  }

  /** @throws Error when the bytes are not a memories file */
  static fromBytes(bytes: Uint8Array): Memories {
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const [magic = 0, passages = 0, windows = 0, scales = 0, values = 0] = buffer.byteLength < 4 * HEADER_WORDS ? [] : new Uint32Array(buffer, 0, HEADER_WORDS);
    const words = HEADER_WORDS + ENTRY * windows;
    if (magic !== MAGIC || 4 * (words + scales) + values !== buffer.byteLength) throw new Error('not a memories file');
    const entries = new Uint32Array(buffer, 4 * HEADER_WORDS, ENTRY * windows);
    const byPassage: Memory[][] = Array.from({ length: passages }, () => []);
    let scalesAt = 4 * words;
    let valuesAt = 4 * (words + scales);
    for (let i = 0; i < windows; i++) {
      const [passage = 0, start = 0, count = 0] = entries.subarray(ENTRY * i, ENTRY * (i + 1));
      // A scale covers the values of one layer of a token.
      const size = (count * values) / scales;
      byPassage[passage]?.push({ start, scales: new Float32Array(buffer, scalesAt, count), values: new Int8Array(buffer, valuesAt, size) });
      scalesAt += 4 * count;
      valuesAt += size;
    }
    return new Memories(byPassage);
  }
}
