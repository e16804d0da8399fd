import { describe } from '../errors.ts';
import type { Engine, Row, Statement } from './engine.ts';
import { earlierIn, inspectSqlite, openSqlite } from './sqlite.ts';

/** Where the database is: on the server of `url`, else in a file in `folder`, else in memory. */
export interface DatabasePlace {
  readonly folder: string | undefined;
  readonly url: string | undefined;
}

/**
 * What lasts: a SQLite file, or a schema on a Postgres server that several processes share.
 *
 * It never stops an answer: a statement that fails, or a database that is locked, lost or away gives nothing, soon.
 */
export class Database {
  readonly #engine: Engine;
  readonly #onTrouble: (line: string) => void;

  /** @param onTrouble told in one line what failed and why */
  constructor(engine: Engine, onTrouble: (line: string) => void) {
    this.#engine = engine;
    this.#onTrouble = onTrouble;
  }

  /**
   * A file that is damaged is moved aside, one that can't be had is replaced by memory. A server is not: its processes would each know other things.
   * A server where nothing is yet begins with what the file keeps.
   *
   * @param onTrouble told in one line what can't be kept and why
   * @param onNews told in one line that the file was carried over
   * @throws UserError when the server can't be reached, refuses, or a newer program has been at its schema; when the file can't be carried over
   */
  static async open({ folder, url }: DatabasePlace, onTrouble: (line: string) => void, onNews: (line: string) => void = () => undefined): Promise<Database> {
    if (url === undefined) return new Database(openSqlite(folder, onTrouble), onTrouble);
    // Imported where there is a server only: without one the start is sooner.
    const { openPostgres } = await import('./postgres.ts');
    return new Database(await openPostgres(url, onTrouble, { earlier: folder === undefined ? undefined : earlierIn(folder, onNews) }), onTrouble);
  }

  /** Runs a statement that changes something; whether it could be. */
  async run(...statement: Statement): Promise<boolean> {
    return (await this.runAll([statement])) !== undefined;
  }

  /** Runs statements that change something in one transaction, all or none: how many rows each changed, `undefined` when they could not be run. */
  runAll(statements: readonly Statement[]): Promise<readonly number[] | undefined> {
    return this.#attempt(() => this.#engine.change(statements));
  }

  /** All rows that a statement gives; none when they can't be had. */
  async all(...statement: Statement): Promise<readonly Row[]> {
    return (await this.#attempt(() => this.allOrThrow(...statement))) ?? [];
  }

  /** All rows that a statement gives. @throws when they can't be had */
  allOrThrow(...statement: Statement): Promise<readonly Row[]> {
    return this.#engine.rows(statement);
  }

  async close(): Promise<void> {
    await this.#attempt(() => this.#engine.close());
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#onTrouble(`database: ${describe(error)}`);
      return undefined;
    }
  }
}

/** What is wrong with the database and what to do, or `undefined` when it is sound or not there yet. For the doctor: it changes nothing. */
export async function inspectDatabase({ folder, url }: DatabasePlace): Promise<string | undefined> {
  if (url !== undefined) return (await import('./postgres.ts')).inspectPostgres(url);
  return folder === undefined ? undefined : inspectSqlite(folder);
}
