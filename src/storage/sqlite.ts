import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, errorCode } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import type { Engine, Row, Statement } from './engine.ts';
import { type Dialect, migrationsAfter } from './schema.ts';

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
    const aside = `${file}.damaged-${Date.now()}`;
    for (const suffix of ['', '-wal', '-shm']) moveAside(file + suffix, aside + suffix);
    onTrouble(`${file} is damaged; it was moved to ${aside}, and feedback and settings begin anew.`);
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

function moveAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
