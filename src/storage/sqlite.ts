import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, errorCode, UserError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import type { Earlier, Engine, Row, Statement, Value } from './engine.ts';
import { type Dialect, LASTING_TABLES, migrationsAfter } from './schema.ts';

export const DATABASE_FILE = 'isnad.db';
/** A statement waits this long for another process's lock, in milliseconds: no longer, as everything waits with it. */
const LOCK_PATIENCE = 100;
const DIALECT: Dialect = { integer: 'INTEGER', strict: ' STRICT' };

/**
 * One SQLite file, write-ahead. A damaged one is moved aside and begun anew; one that can't be had is replaced by memory.
 *
 * @param folder where the file lies or is made; `undefined`: in memory only
 * @param onTrouble told in one line what can't be kept and why
 */
export function openSqlite(folder: string | undefined, onTrouble: (line: string) => void): Engine {
  if (folder === undefined) return new Sqlite(openFile(':memory:'));
  const file = join(folder, DATABASE_FILE);
  try {
    makeFolder(folder);
    return new Sqlite(openFile(file));
  } catch (error) {
    if (!isDamaged(error)) {
      onTrouble(`${file} can't be opened (${describe(error)}): feedback and settings are kept in memory only. Make it writable or set DATA_DIR.`);
      return new Sqlite(openFile(':memory:'));
    }
    onTrouble(`${file} is damaged; it was moved to ${moveAside(file, 'damaged')}, and feedback and settings begin anew.`);
    return openSqlite(folder, onTrouble);
  }
}

/** What is wrong with the file in a folder and what to do, or `undefined` when it is sound or not there yet. It changes nothing. */
export function inspectSqlite(folder: string): string | undefined {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const db = new Libsql(file, { timeout: LOCK_PATIENCE });
    try {
      check(db);
      return undefined;
    } finally {
      db.close();
    }
  } catch (error) {
    const problem = `${file} ${isDamaged(error) ? 'is damaged' : "can't be opened"} (${describe(error)})`;
    return `${problem}; the next start of the bot puts a damaged file aside and begins anew. To keep it, restore it from a backup`;
  }
}

/**
 * What the file in a folder keeps, for a database that takes its place; `undefined` where there is none.
 *
 * @param onNews told in one line what became of the file
 */
export function earlierIn(folder: string, onNews: (line: string) => void): Earlier | undefined {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return undefined;
  return {
    *statements() {
      try {
        yield* insertsOf(file);
      } catch (error) {
        throw new UserError(
          `${file} can't be carried over to DATABASE_URL (${describe(error)}). Restore it from a backup or move it away, then start again.`,
          1,
          {
            cause: error,
          },
        );
      }
    },
    // Left in its place it would be carried over once more, with what people had deleted since, if the other were emptied.
    carriedOver(rows) {
      const done = `${file} was carried over to DATABASE_URL (${rows} rows)`;
      try {
        onNews(`${done} and moved to ${moveAside(file, 'carried-over')}. Delete it once all is well.`);
      } catch (error) {
        onNews(`${done}; it can't be moved away (${describe(error)}). Delete it once all is well.`);
      }
    },
  };
}

function* insertsOf(file: string): Generator<Statement> {
  const db = openFile(file);
  try {
    // All as of one moment: a bot may still write to it.
    db.exec('BEGIN');
    for (const table of LASTING_TABLES) {
      for (const row of db.prepare(`SELECT * FROM ${table}`).iterate() as IterableIterator<Record<string, Value>>) {
        const columns = Object.keys(row);
        yield [`INSERT INTO isnad.${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`, ...Object.values(row)];
      }
    }
  } finally {
    db.close();
  }
}

class Sqlite implements Engine {
  readonly #db: Libsql.Database;

  constructor(db: Libsql.Database) {
    this.#db = db;
  }

  async rows([sql, ...values]: Statement): Promise<readonly Row[]> {
    return this.#db.prepare(withoutSchema(sql)).all(values) as Row[];
  }

  async change(statements: readonly Statement[]): Promise<readonly number[]> {
    // Of a single one too: a statement that meets a lock itself stays under way until it is collected, and what is written meanwhile is not on the disk.
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const changes = statements.map(([sql, ...values]) => this.#db.prepare(withoutSchema(sql)).run(values).changes);
      this.#db.exec('COMMIT');
      return changes;
    } catch (error) {
      // A full disk, for one, has rolled back already.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      // The write-ahead log goes into the file: of a damaged log SQLite drops what follows the damage, and says nothing.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }
}

/** The file is ours alone: its tables need no schema. */
function withoutSchema(sql: string): string {
  return sql.replaceAll('isnad.', '');
}

function openFile(file: string): Libsql.Database {
  const db = new Libsql(file, { timeout: LOCK_PATIENCE });
  try {
    db.pragma('journal_mode = WAL');
    // With write-ahead logging a crash of the machine may lose the last moments, never the file.
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    check(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Damage that no statement has met yet would stay, and be met in the middle of the work. @throws an error that {@link isDamaged} */
function check(db: Libsql.Database): void {
  const [row] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (row?.quick_check !== 'ok') throw new Error(`malformed: ${row?.quick_check}`);
}

function migrate(db: Libsql.Database): void {
  const { user_version: now } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  for (const { version, sql } of migrationsAfter(now, DIALECT)) {
    db.exec(`BEGIN IMMEDIATE; ${withoutSchema(sql)} PRAGMA user_version = ${version}; COMMIT;`);
  }
}

function isDamaged(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/u.test(errorCode(error) ?? '') || /not a database|malformed/u.test(describe(error));
}

/** Gives a file and what belongs to it another name, which it returns. @param why as a word of that name */
function moveAside(file: string, why: string): string {
  const aside = `${file}.${why}-${Date.now()}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(file + suffix, aside + suffix);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return aside;
}
