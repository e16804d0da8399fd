import pg from 'pg';
import { describe, errorCode, UserError } from './errors.ts';

/** How long a connection may take to be had, and a statement to be answered, in milliseconds: Discord wants its first reply within three seconds. */
const PATIENCE = 1_000;
/** Of one process: several share the server, and most servers take a hundred in all. */
const MOST_CONNECTIONS = 5;

/**
 * Connections to a Postgres server, opened as they are needed and anew when they are lost. A server that is away or says nothing fails a statement
 * after about a second, never the process. Whole numbers of eight bytes (times, counts) come as numbers.
 *
 * @param url `postgres://user:password@host:port/database`; its parameters are those of `pg`
 * @param onTrouble told in one line of a connection that was lost while nobody used it
 */
export function openPool(url: string, onTrouble: (line: string) => void): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'isnad',
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: PATIENCE,
    statement_timeout: PATIENCE,
    query_timeout: PATIENCE,
    // A connection that nobody uses keeps no process alive.
    allowExitOnIdle: true,
    types,
  });
  pool.on('error', (error) => onTrouble(`database: a connection was lost (${describe(error)})`));
  // Of one in use the statement fails, which is told; but with nobody listening the process would end.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** SQLSTATE of an error that the server told; `undefined`: it could not be asked, or did not answer. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'severity' in error ? errorCode(error) : undefined;
}

/**
 * What a failure of the server means for whoever runs the program; `undefined`: it is no fault of the server. The address, which holds the password, is never
 * repeated.
 */
export function serverFailure(error: unknown): UserError | undefined {
  const why = describe(error) || errorCode(error);
  // Its first two characters are the class of what went wrong.
  const state = sqlState(error);
  if (state === undefined) {
    return new UserError(`The database server of DATABASE_URL can't be reached (${why}). Start it or put the address right, then try again.`, 1, {
      cause: error,
    });
  }
  if (/^(?:28|3D|42501)/u.test(state)) {
    const what = 'Correct user, password, database or rights (to make the schema isnad), then start again.';
    return new UserError(`The database server of DATABASE_URL refused (${why}). ${what}`, 2, { cause: error });
  }
  // Connections, a read-only server, resources, what an operator did, the system below.
  if (/^(?:08|25006|53|55|57|58)/u.test(state)) {
    return new UserError(`The database server of DATABASE_URL failed (${why}). Look at the server, then try again.`, 1, { cause: error });
  }
  return undefined;
}
