import { textKey } from '../manifest.ts';
import { type KeptText, storedParts, type TextsSink } from '../texts.ts';
import type { Run } from './connections.ts';
import { createTables, dropTables, type Tables, tablesOf } from './tables.ts';
import { signed } from './text-rows.ts';
import { createGraph, MOST_DIMENSIONS, vectorLiteral } from './vectors.ts';

/** Rows and bytes of one insertion, as far as they are met: a statement has 65,535 values at most. */
const MOST_ROWS = 500;
const MOST_BYTES = 4 * 2 ** 20;

/** Writes the tables of a new index, in the transaction of its build. */
export class IndexWriter implements TextsSink {
  readonly id: number;
  readonly #run: Run;
  readonly #tables: Tables;
  readonly #dimensions: number;
  readonly #keys: readonly string[];
  /** Rows of texts yet to be inserted, and the bytes in them. */
  #pending: unknown[][] = [];
  #bytes = 0;

  private constructor(run: Run, id: number, dimensions: number, keys: readonly string[]) {
    this.#run = run;
    this.id = id;
    this.#tables = tablesOf(id);
    this.#dimensions = dimensions;
    this.#keys = keys;
  }

  /** @param texts all texts of the index, in order */
  static async create(run: Run, dimensions: number, texts: readonly string[]): Promise<IndexWriter> {
    const [{ id } = { id: 0 }] = await run<{ id: number }>(`SELECT nextval('isnad.index_ids')::int AS id`);
    await run(createTables(id, dimensions));
    return new IndexWriter(run, id, dimensions, texts.map(textKey));
  }

  /**
   * Copies what earlier indexes keep of the texts.
   *
   * @param earlier ids of indexes of the same model, those to be asked first first
   * @returns vectors of each text that was there, [windows × dimensions], by text
   */
  async takeOver(earlier: readonly number[]): Promise<Map<number, Float32Array>> {
    const taken = new Map<number, Float32Array>();
    for (const id of earlier) {
      const missing = this.#keys.map((_, text) => text).filter((text) => !taken.has(text));
      if (missing.length === 0) break;
      for (const [text, vectors] of await this.#takeOverFrom(tablesOf(id), missing)) taken.set(text, vectors);
    }
    return taken;
  }

  async #takeOverFrom(old: Tables, missing: readonly number[]): Promise<Map<number, Float32Array>> {
    const known = await this.#run<{ key: string; text: number }>(`SELECT key, min(text) AS text FROM ${old.texts} WHERE key = ANY($1) GROUP BY key`, [
      missing.map((text) => this.#keys[text]),
    ]);
    if (known.length === 0) return new Map();
    const oldText = new Map(known.map(({ key, text }) => [key, text]));
    const vectors = await this.#vectorsOf(old, new Set(oldText.values()));
    const found = missing.flatMap((text) => {
      const from = oldText.get(this.#keys[text] ?? '') ?? -1;
      const own = vectors.get(from);
      return own ? [{ text, from, own }] : [];
    });
    await this.#run(
      `INSERT INTO ${this.#tables.texts}
       SELECT taken.text, old.key, old.states, old.states_crc, old.memories, old.memories_crc
       FROM unnest($1::int[], $2::int[]) AS taken (text, old) JOIN ${old.texts} old ON old.text = taken.old`,
      [found.map(({ text }) => text), found.map(({ from }) => from)],
    );
    return new Map(found.map(({ text, own }) => [text, own]));
  }

  /** Vectors of some texts of an index, by text; its table is gone through once. */
  async #vectorsOf({ vectors }: Tables, texts: ReadonlySet<number>): Promise<Map<number, Float32Array>> {
    const found = new Map<number, number[]>();
    for (let from = 0; ; from += MOST_ROWS) {
      const rows = await this.#run<{ text: number; embedding: string }>(
        `SELECT text, embedding FROM ${vectors} WHERE label >= $1 AND label < $2 ORDER BY label`,
        [from, from + MOST_ROWS],
      );
      for (const { text, embedding } of rows) {
        if (texts.has(text)) found.set(text, [...(found.get(text) ?? []), ...(JSON.parse(embedding) as number[])]);
      }
      if (rows.length === 0) return new Map([...found].map(([text, numbers]) => [text, Float32Array.from(numbers)]));
    }
  }

  async add(text: number, kept: KeptText): Promise<void> {
    const { states, memories } = storedParts(kept);
    this.#pending.push([text, this.#keys[text], states.bytes, signed(states.crc), memories.bytes, signed(memories.crc)]);
    this.#bytes += states.bytes.length + memories.bytes.length;
    if (this.#pending.length >= MOST_ROWS || this.#bytes >= MOST_BYTES) await this.#flush();
  }

  /**
   * Writes what is left.
   *
   * @param vectors of each text, [windows × dimensions]
   * @param lexical bytes of the lexical index
   * @param graphFrom vectors from which on a graph is built over them
   * @returns number of vectors, and whether there is a graph
   */
  async finish(vectors: readonly Float32Array[], lexical: Uint8Array, graphFrom: number): Promise<{ vectors: number; graph: boolean }> {
    await this.#flush();
    const size = await insertVectors(this.#run, this.#tables.vectors, vectors, this.#dimensions);
    const graph = size >= graphFrom && this.#dimensions <= MOST_DIMENSIONS;
    if (graph) await this.#run(createGraph(this.#tables.vectors));
    for (let chunk = 0; chunk * MOST_BYTES < lexical.length; chunk++) {
      await insert(this.#run, this.#tables.lexical, [[chunk, lexical.subarray(chunk * MOST_BYTES, (chunk + 1) * MOST_BYTES)]]);
    }
    return { vectors: size, graph };
  }

  /** Gives up: what was written is worth nothing. */
  async abandon(): Promise<void> {
    await this.#run(dropTables(this.id));
  }

  async #flush(): Promise<void> {
    const rows = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    await insert(this.#run, this.#tables.texts, rows);
  }
}

/** Inserts the vectors of each text, labelled one after the other. @returns how many */
export async function insertVectors(run: Run, table: string, vectors: readonly Float32Array[], dimensions: number): Promise<number> {
  let label = 0;
  let rows: unknown[][] = [];
  for (const [text, own] of vectors.entries()) {
    for (let at = 0; at < own.length; at += dimensions) {
      rows.push([label++, text, vectorLiteral(own.subarray(at, at + dimensions))]);
      if (rows.length < MOST_ROWS) continue;
      await insert(run, table, rows);
      rows = [];
    }
  }
  await insert(run, table, rows);
  return label;
}

/** @param rows values of all columns, in the order of the table */
async function insert(run: Run, table: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  if (rows.length === 0) return;
  const places = rows.map((row, r) => `(${row.map((_, column) => `$${r * row.length + column + 1}`).join()})`);
  await run(`INSERT INTO ${table} VALUES ${places.join()}`, rows.flat());
}
