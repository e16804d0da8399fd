import { type openPool, serverFailure, sqlState } from '../../postgres.ts';
import { DamagedIndex } from '../texts.ts';

type Pool = ReturnType<typeof openPool>;
/** What is needed of a connection. */
interface Client {
  query(query: { readonly text: string; readonly query_timeout?: number }, values?: unknown[]): Promise<unknown>;
  release(broken: boolean): void;
}

/** SQLSTATE. */
const NO_SUCH_TABLE = '42P01';
/** In place of the pool's patience, in milliseconds: the most that a timer takes. */
const FOREVER = 2 ** 31 - 1;

/**
 * Runs a statement, or several without values, which are one transaction; the rows are those of the last one.
 *
 * @throws UserError when the database can't be used; DamagedIndex when a table is not there
 */
export type Run = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Statements over a pool of connections. Whoever has one waits for no other. */
export class Connections {
  readonly #pool: Pool;
  /** Those in a transaction. */
  readonly #held = new Set<Client>();

  /** @param pool ended with this */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** For somebody who waits: what takes longer than the pool's patience fails. */
  readonly ask: Run = (sql, values) => rowsOf(this.#pool.query(sql, values && [...values]));

  /** Does all of the work or nothing, however long it takes. */
  async transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const client: Client = await explained(this.#pool.connect());
    this.#held.add(client);
    const run: Run = (sql, values) => rowsOf(client.query({ text: sql, query_timeout: FOREVER }, values && [...values]));
    try {
      // Between two statements of a build lies the embedding of hundreds of texts.
      await run('BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
      const result = await work(run);
      await run('COMMIT');
      this.#release(client, false);
      return result;
    } catch (error) {
      // A connection that is good for nothing is closed; what it began the server takes back.
      await client.query({ text: 'ROLLBACK' }).then(
        () => this.#release(client, false),
        () => this.#release(client, true),
      );
      throw error;
    }
  }

  /** Ends all connections; a transaction under way fails. */
  close(): Promise<void> {
    for (const client of this.#held) this.#release(client, true);
    return this.#pool.end();
  }

  #release(client: Client, broken: boolean): void {
    if (this.#held.delete(client)) client.release(broken);
  }
}

async function rowsOf<Row extends object>(running: Promise<unknown>): Promise<Row[]> {
  const result = await explained(running);
  const last = (Array.isArray(result) ? result.at(-1) : result) as { readonly rows: Row[] };
  return last.rows;
}

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explain(error);
  }
}

/** What a failure means for whoever runs the program; a fault of ours stays what it is. */
function explain(error: unknown): unknown {
  if (sqlState(error) === NO_SUCH_TABLE) return new DamagedIndex('its tables are gone', { cause: error });
  return serverFailure(error) ?? error;
}
