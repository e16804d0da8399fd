import type { Document } from '../../corpus/document.ts';
import { sha256Of } from '../../corpus/parse.ts';
import type { Encoder, EncoderInfo } from '../../embedding/encoder.ts';
import { openPool } from '../../postgres.ts';
import { build, passageOfVector } from '../build.ts';
import { concatenated } from '../bytes.ts';
import { type Home, type IndexStore, inspectIn, NOT_BUILT, type OpenedIndex, type OpenOptions, openIn, serverId } from '../index-store.ts';
import { LexicalIndex } from '../lexical.ts';
import { fingerprint } from '../manifest.ts';
import { allPassages, textsOf } from '../report-index.ts';
import { DamagedIndex, openTexts } from '../texts.ts';
import { Connections, type Run } from './connections.ts';
import { IndexWriter } from './index-writer.ts';
import { isMigrated, migrate } from './migrations.ts';
import { dropTables, tablesOf } from './tables.ts';
import { TextRows } from './text-rows.ts';
import { PgVectors } from './vectors.ts';

/** Server of the indexes that are everybody's. */
const COMMON = '';
/** Other indexes (of other reports or another model) kept beside the one just built, so that going back to them builds nothing. */
const KEPT = 4;
/** Milliseconds that removing a table waits for whoever reads it: all who want to read it meanwhile wait too. */
const DROP_PATIENCE = 1_000;

/** What the store does by numbers that are not the same for everybody. */
export interface PgvectorOptions {
  /** Vectors from which on a graph finds them; fewer are compared one by one, about as quickly. Default: 5,000. */
  readonly graphFrom?: number;
  /** Milliseconds for which an index stays after another has taken its place: questions under way end on it. Default: a minute. */
  readonly grace?: number;
}

interface IndexRow {
  readonly id: number;
  readonly built_at: Date;
  readonly vectors: number;
  readonly lexical_sha256: string;
  readonly graph: boolean;
}

interface StoredIndex {
  readonly row: IndexRow;
  readonly texts: TextRows;
  /** Text of each vector, by label. */
  readonly textOfVector: Uint32Array;
  readonly lexical: Uint8Array;
}

/**
 * Indexes in a Postgres database, searched by pgvector.
 *
 * ```
 * schema isnad
 *   index_versions                           migrations done
 *   indexes                                  of each index whose it is, of what it was built, since when, and since when it is replaced
 *   texts_<id>  vectors_<id>  lexical_<id>   what is in it
 * ```
 *
 * A build is one transaction, so nobody sees it before it is whole, and nothing is left of one that was interrupted; of several processes that build the
 * same the first does, and the others wait for it. The row in `indexes` says which server an index is of, and nothing leads to the tables but that row.
 */
export class PgvectorStore implements IndexStore {
  readonly where = 'the database';
  readonly #db: Connections;
  readonly #server: string;
  readonly #options: Required<PgvectorOptions>;

  private constructor(db: Connections, server: string, options: Required<PgvectorOptions>) {
    this.#db = db;
    this.#server = server;
    this.#options = options;
  }

  /**
   * Connects when it is used first.
   *
   * @param url see {@link openPool}
   * @param onTrouble told in one line of connections that broke
   */
  static connect(url: string, onTrouble: (line: string) => void, { graphFrom = 5_000, grace = 60_000 }: PgvectorOptions = {}): PgvectorStore {
    return new PgvectorStore(new Connections(openPool(url, onTrouble)), COMMON, { graphFrom, grace });
  }

  async open(documents: readonly Document[], encoder: Encoder, options: OpenOptions = {}): Promise<OpenedIndex> {
    await migrate(this.#db);
    const opened = await openIn((reports) => this.#home(reports, encoder.info), documents, encoder, options);
    await this.#tidy();
    return opened;
  }

  async inspect(documents: readonly Document[], model: EncoderInfo): Promise<string | undefined> {
    return (await isMigrated(this.#db)) ? inspectIn(this.#home(documents, model)) : NOT_BUILT;
  }

  of(server: string): PgvectorStore {
    return new PgvectorStore(this.#db, serverId(server), this.#options);
  }

  async clear(): Promise<void> {
    await migrate(this.#db);
    for (const { id } of await this.#db.ask<{ id: number }>('SELECT id FROM isnad.indexes WHERE server = $1', [this.#server])) await this.#drop(id, 0);
  }

  async close(): Promise<void> {
    if (this.#server === COMMON) await this.#db.close();
  }

  #home(documents: readonly Document[], model: EncoderInfo): Home {
    const print = fingerprint(documents, model);
    let seen: number | undefined;
    return {
      where: this.where,
      read: async () => {
        const stored = await this.#db.transaction(async (run) => {
          const row = await this.#current(run, print);
          seen = row?.id;
          return row && this.#read(run, row);
        });
        return stored && this.#opened(stored, documents, model);
      },
      build: (encoder, options) =>
        this.#db.transaction(async (run) => {
          // Whoever builds the same waits here until this one is there.
          await run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`isnad index ${this.#server} ${print}`]);
          const there = await this.#current(run, print);
          return !options.force && there && there.id !== seen ? undefined : this.#build(run, print, documents, encoder, options);
        }),
    };
  }

  async #current(run: Run, print: string): Promise<IndexRow | undefined> {
    const [row] = await run<IndexRow>(
      'SELECT id, built_at, vectors, graph, lexical_sha256 FROM isnad.indexes WHERE server = $1 AND fingerprint = $2 AND replaced_at IS NULL',
      [this.#server, print],
    );
    return row;
  }

  /** What is held of an index in memory, as it is stored. */
  async #read(run: Run, row: IndexRow): Promise<StoredIndex> {
    const tables = tablesOf(row.id);
    const texts = await TextRows.open(run, this.#db.ask, tables.texts);
    const textOfVector = await run<{ text: number }>(`SELECT text FROM ${tables.vectors} ORDER BY label`);
    const chunks = await run<{ bytes: Buffer }>(`SELECT bytes FROM ${tables.lexical} ORDER BY chunk`);
    return { row, texts, textOfVector: Uint32Array.from(textOfVector, ({ text }) => text), lexical: concatenated(chunks.map(({ bytes }) => bytes)) };
  }

  async #opened({ row, texts, textOfVector, lexical }: StoredIndex, documents: readonly Document[], { dimensions }: EncoderInfo): ReturnType<Home['read']> {
    const passages = allPassages(documents);
    const { texts: contents, translations } = textsOf(passages);
    if (texts.size !== contents.length || textOfVector.length !== row.vectors) throw new DamagedIndex('its tables do not belong together');
    if (sha256Of(lexical) !== row.lexical_sha256) throw new DamagedIndex('the lexical index does not match its checksum');
    const index = {
      documents,
      passages,
      vectors: new PgVectors(this.#db.ask, tablesOf(row.id).vectors, row.vectors, row.graph),
      vectorPassage: passageOfVector(textOfVector, translations),
      lexical: LexicalIndex.parse(lexical),
      texts: await openTexts(texts, dimensions),
      translations,
    };
    return { index, builtAt: row.built_at };
  }

  async #build(run: Run, print: string, documents: readonly Document[], encoder: Encoder, { force, onProgress }: OpenOptions): ReturnType<Home['build']> {
    const { info: model } = encoder;
    const writer = await IndexWriter.create(run, model.dimensions, textsOf(allPassages(documents)).texts);
    const taken = await writer.takeOver(force ? [] : await this.#earlier(run, print, model));
    const built = await build(documents, encoder, writer, onProgress, (text) => Promise.resolve(taken.get(text)));
    const { misaligned, embedded } = built;
    if (misaligned.size > 0) {
      await writer.abandon();
      return { misaligned, embedded };
    }
    const lexical = built.lexical.bytes();
    const { vectors, graph } = await writer.finish(built.vectors, lexical, this.#options.graphFrom);
    await run(
      `UPDATE isnad.indexes SET replaced_at = clock_timestamp() WHERE server = $1 AND replaced_at IS NULL AND (fingerprint = $2 OR id NOT IN (
         SELECT id FROM isnad.indexes WHERE server = $1 AND fingerprint <> $2 AND replaced_at IS NULL ORDER BY built_at DESC, id DESC LIMIT $3))`,
      [this.#server, print, this.#server === COMMON ? KEPT : 0],
    );
    await run('INSERT INTO isnad.indexes (id, server, fingerprint, model, vectors, graph, lexical_sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      writer.id,
      this.#server,
      print,
      model.sha256,
      vectors,
      graph,
      sha256Of(lexical),
    ]);
    return { misaligned, embedded };
  }

  /** Indexes whose texts are taken over, kept until the transaction ends: the server's own, then the common ones, the newest first. */
  async #earlier(run: Run, print: string, model: EncoderInfo): Promise<number[]> {
    const rows = await run<{ id: number }>(
      `SELECT id FROM isnad.indexes
       WHERE server = ANY($1) AND model = $2 AND replaced_at IS NULL AND NOT (server = $3 AND fingerprint = $4)
       AND to_regclass('isnad.texts_' || id) IS NOT NULL AND to_regclass('isnad.vectors_' || id) IS NOT NULL
       ORDER BY server = $3 DESC, built_at DESC, id DESC FOR KEY SHARE`,
      [[this.#server, COMMON], model.sha256, this.#server, print],
    );
    return rows.map(({ id }) => id);
  }

  /** Removes the indexes that others have replaced, once nobody asks them any more. What can't be removed now, the next one to open an index does. */
  async #tidy(): Promise<void> {
    const { grace } = this.#options;
    try {
      const replaced = await this.#db.ask<{ id: number; over: boolean }>(
        `SELECT id, replaced_at <= clock_timestamp() - $2 * interval '1 millisecond' AS over FROM isnad.indexes WHERE server = $1 AND replaced_at IS NOT NULL`,
        [this.#server, grace],
      );
      for (const { id, over } of replaced) if (over) await this.#drop(id, DROP_PATIENCE);
      if (replaced.some(({ over }) => !over)) setTimeout(() => void this.#tidy(), grace).unref();
    } catch {
      // Whatever it is, the index that was opened is there.
    }
  }

  /** @param patience milliseconds to wait for those who read it; 0: as long as it takes */
  async #drop(id: number, patience: number): Promise<void> {
    await this.#db.transaction((run) => run(`SET LOCAL lock_timeout = ${patience}; DELETE FROM isnad.indexes WHERE id = ${id}; ${dropTables(id)}`));
  }
}
