import { describe, UserError } from '../errors.ts';
import { openPool, serverFailure, sqlState } from '../postgres.ts';
import type { Earlier, Engine, Row, Statement, Value } from './engine.ts';
import { type Dialect, migrationsAfter, NewerSchema } from './schema.ts';

type Pool = ReturnType<typeof openPool>;

/** How {@link openPostgres} opens: in which schema, and what begins a new one. */
interface OpenSettings {
  /** Default: `isnad`. */
  readonly schema?: string;
  /** Carried over where the schema is made; default: nothing. */
  readonly earlier?: Earlier | undefined;
}

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
export async function openPostgres(url: string, onTrouble: (line: string) => void, { schema = SCHEMA, earlier }: OpenSettings = {}): Promise<Engine> {
  const pool = openPool(url, onTrouble);
  try {
    await migrate(pool, schema, earlier);
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
    return describe(explain(error));
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
    const { rows } = await this.#ask(() => this.#pool.query<Row>(...translated(statement, this.#schema)));
    return rows;
  }

  async change(statements: readonly Statement[]): Promise<readonly number[]> {
    const [only] = statements;
    return this.#ask(async () => {
      if (only && statements.length === 1) return [(await this.#pool.query(...translated(only, this.#schema))).rowCount ?? 0];
      return inTransaction(this.#pool, async (query) => {
        const changes: number[] = [];
        for (const statement of statements) changes.push((await query(...translated(statement, this.#schema))).rowCount ?? 0);
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
}

async function migrate(pool: Pool, schema: string, earlier: Earlier | undefined): Promise<void> {
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
    return now === 0 && earlier ? carryOver(query, schema, earlier) : undefined;
  };
  const rows = await inTransaction(pool, work, MIGRATION_PATIENCE);
  if (rows !== undefined) earlier?.carriedOver(rows);
}

/** @returns how many rows there were */
async function carryOver(query: Query, schema: string, earlier: Earlier): Promise<number> {
  let rows = 0;
  for (const statement of earlier.statements()) {
    await query(...translated(statement, schema));
    rows++;
  }
  return rows;
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

function translated([sql, ...values]: Statement, schema: string): [sql: string, values: Value[]] {
  let n = 0;
  return [
    inSchema(sql, schema).replaceAll('?', () => `$${++n}`),
    // The one character that Postgres keeps in no text.
    values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value)),
  ];
}

function inSchema(sql: string, schema: string): string {
  return sql.replaceAll('isnad.', `${schema}.`);
}

/** What a failure at the start means for whoever runs the program; a fault of ours stays what it is. */
function explain(error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof NewerSchema) return new UserError(`The database of DATABASE_URL was ${error.message}. Update this one.`, 2);
  return serverFailure(error) ?? error;
}
