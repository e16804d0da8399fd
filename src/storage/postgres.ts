import { describe, errorCode, UserError } from '../errors.ts';
import { openPool } from '../postgres.ts';
import type { Engine, Row, Statement, Value } from './engine.ts';
import { type Dialect, migrationsAfter } from './schema.ts';

type Pool = ReturnType<typeof openPool>;
/** Runs a statement as Postgres takes it (`$1`). */
type Query = (sql: string, values?: readonly Value[]) => Promise<{ readonly rows: readonly Row[]; readonly rowCount: number | null }>;

/** Where the tables stand: the database may be used for other things, too. */
const SCHEMA = 'isnad';
const DIALECT: Dialect = { integer: 'BIGINT', strict: '' };
/** Held while the schema is brought up to date, so that of several processes that start one does it. Any number that nobody else takes. */
const MIGRATION_LOCK = 0x69736e6164;
/** Milliseconds for a statement of a migration, waiting for another process's included. */
const MIGRATION_PATIENCE = 60_000;
/** A server that did not answer is not asked for this long, in milliseconds: one reply on Discord takes several statements, and must wait for one at most. */
const REST = 2_000;
/** SQLSTATE of a statement that took longer than it may. */
const TIMED_OUT = '57014';

/**
 * A schema of its own on a Postgres server, made if it is missing. A server that goes away later is found again by itself.
 *
 * @param onTrouble told in one line of a connection that was lost while nobody used it
 * @throws UserError that names DATABASE_URL and what to do: exit code 2 where the server refuses it or a newer program has been at it, 1 where the server can't be reached
 */
export async function openPostgres(url: string, onTrouble: (line: string) => void, schema = SCHEMA): Promise<Engine> {
  const pool = openPool(url, onTrouble);
  try {
    await migrate(pool, schema);
    return new Postgres(pool, schema);
  } catch (error) {
    await pool.end();
    throw explain(error);
  }
}

/** What is wrong with the database of DATABASE_URL and what to do, or `undefined` when it is sound or empty. It changes nothing. */
export async function inspectPostgres(url: string): Promise<string | undefined> {
  const pool = openPool(url, () => undefined);
  try {
    migrationsAfter(await schemaVersion((sql, values = []) => pool.query(sql, [...values]), SCHEMA), DIALECT);
    return undefined;
  } catch (error) {
    return explain(error).message;
  } finally {
    await pool.end();
  }
}

class Postgres implements Engine {
  readonly #pool: Pool;
  readonly #schema: string;
  /** By the clock of `performance`. */
  #restsUntil = 0;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  async rows(statement: Statement): Promise<readonly Row[]> {
    const { rows } = await this.#ask(() => this.#pool.query<Row>(...this.#translated(statement)));
    return rows;
  }

  async change(statements: readonly Statement[]): Promise<readonly number[]> {
    const [only] = statements;
    return this.#ask(async () => {
      if (only && statements.length === 1) return [(await this.#pool.query(...this.#translated(only))).rowCount ?? 0];
      return inTransaction(this.#pool, async (query) => {
        const changes: number[] = [];
        for (const statement of statements) changes.push((await query(...this.#translated(statement))).rowCount ?? 0);
        return changes;
      });
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    if (performance.now() < this.#restsUntil) throw new Error('the server did not answer a moment ago');
    try {
      return await work();
    } catch (error) {
      const state = sqlState(error);
      if (state === undefined || state === TIMED_OUT) this.#restsUntil = performance.now() + REST;
      throw error;
    }
  }

  #translated([sql, ...values]: Statement): [sql: string, values: Value[]] {
    let n = 0;
    return [
      inSchema(sql, this.#schema).replaceAll('?', () => `$${++n}`),
      // The one character that Postgres keeps in no text.
      values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value)),
    ];
  }
}

async function migrate(pool: Pool, schema: string): Promise<void> {
  const work = async (query: Query) => {
    await query(`SET LOCAL statement_timeout = ${MIGRATION_PATIENCE}`);
    await query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const now = await schemaVersion(query, schema);
    if (now === 0) {
      // Looked for first: IF NOT EXISTS asks for the right to make it even where it is there.
      const { rows } = await query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
      if (rows.length === 0) await query(`CREATE SCHEMA ${schema}`);
      await query(`CREATE TABLE ${schema}.schema_versions (version BIGINT PRIMARY KEY)`);
    }
    for (const { version, sql } of migrationsAfter(now, DIALECT)) {
      await query(inSchema(sql, schema));
      await query(`INSERT INTO ${schema}.schema_versions (version) VALUES ($1)`, [version]);
    }
  };
  await inTransaction(pool, work, MIGRATION_PATIENCE);
}

/** 0: nothing is there. */
async function schemaVersion(query: Query, schema: string): Promise<number> {
  const { rows } = await query('SELECT to_regclass($1) AS found', [`${schema}.schema_versions`]);
  if (rows[0]?.['found'] === null) return 0;
  return Number((await query(`SELECT max(version) AS version FROM ${schema}.schema_versions`)).rows[0]?.['version']);
}

/** @param patience milliseconds that each statement may take here; default: the pool's */
async function inTransaction<T>(pool: Pool, work: (query: Query) => Promise<T>, patience?: number): Promise<T> {
  const client = await pool.connect();
  const query: Query = (text, values = []) => client.query({ text, values: [...values], ...(patience !== undefined && { query_timeout: patience }) });
  try {
    await query('BEGIN');
    const result = await work(query);
    await query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Closed, not used again: it may be good for nothing, and what a closed connection began the server takes back.
    client.release(true);
    throw error;
  }
}

function inSchema(sql: string, schema: string): string {
  return sql.replaceAll('isnad.', `${schema}.`);
}

/** The code of an error that the server itself told; `undefined`: it could not be asked, or did not answer. */
function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'severity' in error ? errorCode(error) : undefined;
}

function explain(error: unknown): UserError {
  if (error instanceof UserError) return new UserError(`The database of DATABASE_URL was ${error.message}. Update this one.`, error.exitCode);
  const state = sqlState(error);
  if (state === undefined) {
    return new UserError(`The database server of DATABASE_URL can't be reached (${describe(error)}). Start it or put the address right, then start again.`);
  }
  // Who connects (28), the database's name (3D) and rights (42) stay wrong; others, such as a server that is starting, may pass.
  const lasting = /^(?:28|3D|42)/u.test(state);
  return new UserError(
    `The database server of DATABASE_URL refused (${describe(error)}). ${lasting ? 'Correct user, password, database or rights' : 'Look at the server'}, then start again.`,
    lasting ? 2 : 1,
  );
}
