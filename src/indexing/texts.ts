import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { Memory } from '../embedding/encoder.ts';
import { concatenated } from './bytes.ts';
import type { QuantizedStates } from './token-states.ts';

/** Texts of this many bytes together are read, and so checked, as a whole when they are opened: those of a few hundred passages. */
const READ_AT_ONCE = 64 * 2 ** 20;
/** Of larger ones, what has been read stays in memory up to this many bytes. */
const CACHE_BYTES = 256 * 2 ** 20;
/** Bytes of a token beside its values: span (2 × 4) and scale. */
const TOKEN_BYTES = 12;

/** What is kept of a text for late interaction and for the reader. */
export interface KeptText {
  readonly states: QuantizedStates;
  /** One a window; none without a reader. */
  readonly memories: readonly Memory[];
}

/** What an index keeps of its texts, got when it is asked for: of 100,000 passages it is more than fits in memory. */
export interface Texts {
  /** Number of texts. */
  readonly size: number;
  /** Token states of these texts, in order. @throws DamagedIndex */
  states(texts: readonly number[]): Promise<QuantizedStates[]>;
  /** The reader's memories of these texts, in order. @throws DamagedIndex */
  memories(texts: readonly number[]): Promise<(readonly Memory[])[]>;
}

/** Takes what is kept of each text, in any order, each once. */
export interface TextsSink {
  add(text: number, kept: KeptText): Promise<void> | void;
}

/** A part of a text's record. */
export type Part = keyof KeptText;

/** A part of a record as it is stored. */
export interface StoredPart {
  readonly bytes: Uint8Array;
  /** CRC-32 of the bytes as they were written. */
  readonly crc: number;
}

/** Where the records of texts are stored. */
export interface TextRecords {
  /** Number of texts. */
  readonly size: number;
  /** Bytes of all records. */
  readonly bytes: number;
  /** A part of each of these texts, in order, in a buffer of its own, so that the numbers in it are aligned; `undefined` where it is not there. */
  read(part: Part, texts: readonly number[]): Promise<readonly (StoredPart | undefined)[]>;
  /** Ends reading. */
  close(): void;
}

/** An index that is not what was written. */
export class DamagedIndex extends Error {}

/** Texts in memory. */
export class TextsInMemory implements Texts, TextsSink {
  readonly #kept: KeptText[] = [];

  get size(): number {
    return this.#kept.length;
  }

  add(text: number, kept: KeptText): void {
    this.#kept[text] = kept;
  }

  states(texts: readonly number[]): Promise<QuantizedStates[]> {
    return Promise.resolve(texts.flatMap((text) => this.#kept[text]?.states ?? []));
  }

  memories(texts: readonly number[]): Promise<(readonly Memory[])[]> {
    return Promise.resolve(texts.map((text) => this.#kept[text]?.memories ?? []));
  }
}

/**
 * Opens stored texts: few are read at once, many as they are asked for.
 *
 * @throws DamagedIndex where few of them hold something else than was written; many are checked as they are read
 */
export async function openTexts(records: TextRecords, dimensions: number): Promise<Texts> {
  const stored = new StoredTexts(records, dimensions);
  if (records.bytes > READ_AT_ONCE) return stored;
  try {
    const all = Array.from({ length: stored.size }, (_, text) => text);
    const states = await stored.states(all);
    const memories = await stored.memories(all);
    const inMemory = new TextsInMemory();
    for (const [text, own] of states.entries()) inMemory.add(text, { states: own, memories: memories[text] ?? [] });
    return inMemory;
  } finally {
    records.close();
  }
}

/** Stored texts, read as they are asked for and kept while there is room. */
export class StoredTexts implements Texts {
  readonly #records: TextRecords;
  readonly #dimensions: number;
  readonly #cache = new LRUCache<string, Uint8Array>({ maxSize: CACHE_BYTES, sizeCalculation: (bytes) => Math.max(1, bytes.byteLength) });

  constructor(records: TextRecords, dimensions: number) {
    this.#records = records;
    this.#dimensions = dimensions;
  }

  get size(): number {
    return this.#records.size;
  }

  async states(texts: readonly number[]): Promise<QuantizedStates[]> {
    return (await this.#read('states', texts)).map((bytes) => parseStates(bytes, this.#dimensions));
  }

  async memories(texts: readonly number[]): Promise<(readonly Memory[])[]> {
    return (await this.#read('memories', texts)).map((bytes) => parseMemories(bytes, this.#dimensions));
  }

  async #read(part: Part, texts: readonly number[]): Promise<Uint8Array[]> {
    const found = new Map<number, Uint8Array>();
    for (const text of texts) {
      const known = this.#cache.get(`${text} ${part}`);
      if (known) found.set(text, known);
    }
    const missing = [...new Set(texts)].filter((text) => !found.has(text));
    const read = missing.length > 0 ? await this.#records.read(part, missing) : [];
    for (const [i, text] of missing.entries()) {
      const stored = read[i];
      if (!stored || crc32(stored.bytes) !== stored.crc) throw new DamagedIndex('what is kept of a text does not match its checksum');
      this.#cache.set(`${text} ${part}`, stored.bytes);
      found.set(text, stored.bytes);
    }
    return texts.flatMap((text) => found.get(text) ?? []);
  }
}

/** What is kept of a text as it is stored, little-endian. Layout of states: spans, scales, values. */
export function storedParts({ states, memories }: KeptText): Readonly<Record<Part, StoredPart>> {
  return {
    states: stored(concatenated([states.spans, states.scales, states.values])),
    memories: stored(memories.length === 0 ? new Uint8Array(0) : formatMemories(memories)),
  };
}

function stored(bytes: Uint8Array): StoredPart {
  return { bytes, crc: crc32(bytes) };
}

function parseStates({ buffer, byteOffset: at, byteLength }: Uint8Array, dimensions: number): QuantizedStates {
  const tokens = byteLength / (TOKEN_BYTES + dimensions);
  return {
    spans: new Uint32Array(buffer, at, 2 * tokens),
    scales: new Float32Array(buffer, at + 8 * tokens, tokens),
    values: new Int8Array(buffer, at + TOKEN_BYTES * tokens, tokens * dimensions),
  };
}

/** Layout: number of windows, first token and number of scales of each, scales, values; little-endian. */
function formatMemories(memories: readonly Memory[]): Uint8Array {
  const entries = Uint32Array.from([memories.length, ...memories.flatMap(({ start, scales }) => [start, scales.length])]);
  return concatenated([entries, ...memories.map(({ scales }) => scales), ...memories.map(({ values }) => values)]);
}

function parseMemories(bytes: Uint8Array, dimensions: number): Memory[] {
  if (bytes.length === 0) return [];
  const { buffer, byteOffset } = bytes;
  const [count = 0] = new Uint32Array(buffer, byteOffset, 1);
  const entries = new Uint32Array(buffer, byteOffset + 4, 2 * count);
  const windows = Array.from({ length: count }, (_, i) => ({ start: entries[2 * i] ?? 0, scales: entries[2 * i + 1] ?? 0 }));
  let scalesAt = byteOffset + 4 + 8 * count;
  let valuesAt = scalesAt + 4 * windows.reduce((sum, { scales }) => sum + scales, 0);
  return windows.map(({ start, scales: n }) => {
    // A scale covers the values of one layer of a token.
    const memory = { start, scales: new Float32Array(buffer, scalesAt, n), values: new Int8Array(buffer, valuesAt, n * dimensions) };
    scalesAt += 4 * n;
    valuesAt += n * dimensions;
    return memory;
  });
}
