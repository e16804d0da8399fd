import { closeSync, openSync, read as readFd } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { Memory } from '../embedding/encoder.ts';
import { concatenated } from './bytes.ts';
import type { QuantizedStates } from './token-states.ts';

/** Files of the texts: what is kept of each, one after the other, and where each begins. */
export const TEXTS_FILES = { records: 'texts.bin', table: 'texts.table' } as const;
/** Of a text: offset of its record, bytes of its states and of its memories, CRC-32 of each. */
const ENTRY_BYTES = 24;
/** Texts of this many bytes together are read, and so checked, as a whole when they are opened: those of a few hundred passages. */
const READ_AT_ONCE = 64 * 2 ** 20;
/** Of larger ones, what has been read stays in memory up to this many bytes. */
const CACHE_BYTES = 256 * 2 ** 20;
/** Bytes of a token beside its values: span (2 × 4) and scale. */
const TOKEN_BYTES = 12;

const read = promisify(readFd);

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

/** An index whose files are not what was written. */
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

/** Writes texts to a folder. */
export class TextsWriter implements TextsSink {
  readonly #file: FileHandle;
  readonly #table: Buffer;
  readonly #folder: string;
  #end = 0;

  private constructor(folder: string, file: FileHandle, texts: number) {
    this.#folder = folder;
    this.#file = file;
    this.#table = Buffer.alloc(texts * ENTRY_BYTES);
  }

  static async create(folder: string, texts: number): Promise<TextsWriter> {
    return new TextsWriter(folder, await open(join(folder, TEXTS_FILES.records), 'w'), texts);
  }

  async add(text: number, { states, memories }: KeptText): Promise<void> {
    const statesBytes = concatenated([states.spans, states.scales, states.values]);
    const memoriesBytes = memories.length === 0 ? new Uint8Array(0) : formatMemories(memories);
    const at = text * ENTRY_BYTES;
    this.#table.writeDoubleLE(this.#end, at);
    this.#table.writeUInt32LE(statesBytes.length, at + 8);
    this.#table.writeUInt32LE(memoriesBytes.length, at + 12);
    this.#table.writeUInt32LE(crc32(statesBytes), at + 16);
    this.#table.writeUInt32LE(crc32(memoriesBytes), at + 20);
    await this.#file.appendFile(statesBytes);
    await this.#file.appendFile(memoriesBytes);
    this.#end += statesBytes.length + memoriesBytes.length;
  }

  /** Forces what was written to the disk. */
  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    const table = await open(join(this.#folder, TEXTS_FILES.table), 'w');
    try {
      await table.writeFile(this.#table);
      await table.sync();
    } finally {
      await table.close();
    }
  }

  /** Gives up: what was written is worth nothing. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}

/**
 * Opens the texts of a folder: few are read at once, many as they are asked for.
 *
 * @throws DamagedIndex where few of them hold something else than was written; many are checked as they are read
 */
export async function openTexts(folder: string, dimensions: number): Promise<Texts> {
  const onDisk = await TextsOnDisk.open(folder, dimensions);
  if (onDisk.bytes > READ_AT_ONCE) return onDisk;
  try {
    const all = Array.from({ length: onDisk.size }, (_, text) => text);
    const [states, memories] = await Promise.all([onDisk.states(all), onDisk.memories(all)]);
    const inMemory = new TextsInMemory();
    for (const [text, own] of states.entries()) inMemory.add(text, { states: own, memories: memories[text] ?? [] });
    return inMemory;
  } finally {
    onDisk.close();
  }
}

/** A descriptor is closed once nothing refers to its texts any more: a question under way may outlive the index it began with. */
const descriptors = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** Texts of a folder, read as they are asked for and kept while there is room. */
export class TextsOnDisk implements Texts {
  readonly #descriptor: number;
  readonly #table: Buffer;
  readonly #dimensions: number;
  readonly #cache = new LRUCache<string, Uint8Array>({ maxSize: CACHE_BYTES, sizeCalculation: (bytes) => Math.max(1, bytes.byteLength) });

  private constructor(descriptor: number, table: Buffer, dimensions: number) {
    this.#descriptor = descriptor;
    this.#table = table;
    this.#dimensions = dimensions;
    descriptors.register(this, descriptor, this);
  }

  static async open(folder: string, dimensions: number): Promise<TextsOnDisk> {
    const table = await readFile(join(folder, TEXTS_FILES.table));
    return new TextsOnDisk(openSync(join(folder, TEXTS_FILES.records), 'r'), table, dimensions);
  }

  /** Closes the file now. */
  close(): void {
    descriptors.unregister(this);
    closeSync(this.#descriptor);
  }

  get size(): number {
    return this.#table.length / ENTRY_BYTES;
  }

  /** Bytes of all records. */
  get bytes(): number {
    let sum = 0;
    for (let at = 0; at < this.#table.length; at += ENTRY_BYTES) sum += this.#table.readUInt32LE(at + 8) + this.#table.readUInt32LE(at + 12);
    return sum;
  }

  async states(texts: readonly number[]): Promise<QuantizedStates[]> {
    const all = await Promise.all(texts.map((text) => this.#part(text, 'states')));
    return all.map((bytes) => {
      const tokens = bytes.byteLength / (TOKEN_BYTES + this.#dimensions);
      const { buffer, byteOffset: at } = bytes;
      return {
        spans: new Uint32Array(buffer, at, 2 * tokens),
        scales: new Float32Array(buffer, at + 8 * tokens, tokens),
        values: new Int8Array(buffer, at + TOKEN_BYTES * tokens, tokens * this.#dimensions),
      };
    });
  }

  async memories(texts: readonly number[]): Promise<(readonly Memory[])[]> {
    const all = await Promise.all(texts.map((text) => this.#part(text, 'memories')));
    return all.map((bytes) => parseMemories(bytes, this.#dimensions));
  }

  async #part(text: number, part: 'states' | 'memories'): Promise<Uint8Array> {
    const key = `${text} ${part}`;
    const known = this.#cache.get(key);
    if (known) return known;
    const at = text * ENTRY_BYTES;
    const ofStates = this.#table.readUInt32LE(at + 8);
    const offset = this.#table.readDoubleLE(at) + (part === 'states' ? 0 : ofStates);
    // A buffer of its own, so that the numbers in it are aligned.
    const bytes = new Uint8Array(part === 'states' ? ofStates : this.#table.readUInt32LE(at + 12));
    const { bytesRead } = bytes.length === 0 ? { bytesRead: 0 } : await read(this.#descriptor, bytes, 0, bytes.length, offset);
    if (bytesRead !== bytes.length || crc32(bytes) !== this.#table.readUInt32LE(at + (part === 'states' ? 16 : 20))) {
      throw new DamagedIndex(`${TEXTS_FILES.records} does not match its checksum`);
    }
    this.#cache.set(key, bytes);
    return bytes;
  }
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
