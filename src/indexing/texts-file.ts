import { closeSync, openSync, read as readFd } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KeptText, type Part, type StoredPart, storedParts, type TextRecords, type TextsSink } from './texts.ts';

/** Files of the texts: what is kept of each, one after the other, and where each begins. */
export const TEXTS_FILES = { records: 'texts.bin', table: 'texts.table' } as const;
/** Of a text: offset of its record, bytes of its states and of its memories, CRC-32 of each. */
const ENTRY_BYTES = 24;

const read = promisify(readFd);

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

  async add(text: number, kept: KeptText): Promise<void> {
    const { states, memories } = storedParts(kept);
    const at = text * ENTRY_BYTES;
    this.#table.writeDoubleLE(this.#end, at);
    this.#table.writeUInt32LE(states.bytes.length, at + 8);
    this.#table.writeUInt32LE(memories.bytes.length, at + 12);
    this.#table.writeUInt32LE(states.crc, at + 16);
    this.#table.writeUInt32LE(memories.crc, at + 20);
    await this.#file.appendFile(states.bytes);
    await this.#file.appendFile(memories.bytes);
    this.#end += states.bytes.length + memories.bytes.length;
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

/** A descriptor is closed once nothing refers to its texts any more: a question under way may outlive the index it began with. */
const descriptors = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** The texts of a folder, as {@link TextsWriter} wrote them. */
export class TextsFile implements TextRecords {
  readonly #descriptor: number;
  readonly #table: Buffer;

  private constructor(descriptor: number, table: Buffer) {
    this.#descriptor = descriptor;
    this.#table = table;
    descriptors.register(this, descriptor, this);
  }

  static async open(folder: string): Promise<TextsFile> {
    const table = await readFile(join(folder, TEXTS_FILES.table));
    return new TextsFile(openSync(join(folder, TEXTS_FILES.records), 'r'), table);
  }

  /** Closes the file now. */
  close(): void {
    descriptors.unregister(this);
    closeSync(this.#descriptor);
  }

  get size(): number {
    return this.#table.length / ENTRY_BYTES;
  }

  get bytes(): number {
    let sum = 0;
    for (let at = 0; at < this.#table.length; at += ENTRY_BYTES) sum += this.#table.readUInt32LE(at + 8) + this.#table.readUInt32LE(at + 12);
    return sum;
  }

  read(part: Part, texts: readonly number[]): Promise<(StoredPart | undefined)[]> {
    return Promise.all(texts.map((text) => this.#read(part, text * ENTRY_BYTES)));
  }

  /** @param at offset of the text's entry in the table */
  async #read(part: Part, at: number): Promise<StoredPart | undefined> {
    const ofStates = this.#table.readUInt32LE(at + 8);
    const offset = this.#table.readDoubleLE(at) + (part === 'states' ? 0 : ofStates);
    const bytes = new Uint8Array(part === 'states' ? ofStates : this.#table.readUInt32LE(at + 12));
    const { bytesRead } = bytes.length === 0 ? { bytesRead: 0 } : await read(this.#descriptor, bytes, 0, bytes.length, offset);
    return bytesRead === bytes.length ? { bytes, crc: this.#table.readUInt32LE(at + (part === 'states' ? 16 : 20)) } : undefined;
  }
}
