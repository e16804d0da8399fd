import type { Part, StoredPart, TextRecords } from '../texts.ts';
import type { Run } from './connections.ts';

/** Texts that one statement reads: some MB. */
const LOT = { states: 64, memories: 16 } as const;

/** What an index keeps of its texts, in its table. */
export class TextRows implements TextRecords {
  readonly size: number;
  readonly bytes: number;
  readonly #ask: Run;
  readonly #table: string;

  private constructor(ask: Run, table: string, size: number, bytes: number) {
    this.#ask = ask;
    this.#table = table;
    this.size = size;
    this.bytes = bytes;
  }

  /**
   * @param run looks at the table now
   * @param ask reads the texts later
   */
  static async open(run: Run, ask: Run, table: string): Promise<TextRows> {
    const [{ size, bytes } = { size: 0, bytes: 0 }] = await run<{ size: number; bytes: number }>(
      `SELECT count(*)::int AS size, coalesce(sum(octet_length(states) + octet_length(memories)), 0)::float8 AS bytes FROM ${table}`,
    );
    return new TextRows(ask, table, size, bytes);
  }

  async read(part: Part, texts: readonly number[]): Promise<(StoredPart | undefined)[]> {
    const found = new Map<number, StoredPart>();
    for (let from = 0; from < texts.length; from += LOT[part]) {
      const rows = await this.#ask<{ text: number; bytes: Buffer; crc: number }>(
        `SELECT text, ${part} AS bytes, ${part}_crc AS crc FROM ${this.#table} WHERE text = ANY($1)`,
        [texts.slice(from, from + LOT[part])],
      );
      for (const { text, bytes, crc } of rows) found.set(text, { bytes: new Uint8Array(bytes), crc: unsigned(crc) });
    }
    return texts.map((text) => found.get(text));
  }

  close(): void {
    // The connections are everybody's.
  }
}

/** A checksum as the column holds it, whose 32 bits have a sign. */
export function signed(crc: number): number {
  return crc | 0;
}

function unsigned(crc: number): number {
  return crc >>> 0;
}
