import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, errorCode } from '../errors.ts';
import { makeFolder } from '../folders.ts';

export const DATABASE_FILE = 'isnad.db';
/** A statement waits this long for another process's lock, in milliseconds: no longer, as everything waits with it. */
const LOCK_PATIENCE = 100;

/** Each brings the schema one version on, in a transaction of its own; what has been released is never changed. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE questions (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    guild TEXT,
    user TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    question TEXT NOT NULL,
    searched TEXT NOT NULL
  ) STRICT;
  CREATE INDEX questions_by_guild ON questions (guild, asked_at);
  CREATE INDEX questions_by_user ON questions (user);
  CREATE TABLE votes (
    question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    user TEXT NOT NULL,
    good INTEGER NOT NULL,
    reason TEXT NOT NULL,
    voted_at INTEGER NOT NULL,
    PRIMARY KEY (question, user)
  ) STRICT;
  CREATE INDEX votes_by_user ON votes (user);
  CREATE TABLE server_settings (guild TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
  CREATE TABLE user_settings (user TEXT PRIMARY KEY, language TEXT NOT NULL) STRICT;
  `,
];

/** What a statement gives, by column. */
type Row = Readonly<Record<string, unknown>>;

/**
 * One SQLite file, write-ahead, its schema brought up to date when it is opened.
 *
 * It never stops an answer: a damaged file is moved aside, one that can't be had is replaced by memory, and a statement that fails gives nothing.
 */
export class Database {
  readonly #db: Libsql.Database;
  readonly #onTrouble: (line: string) => void;

  private constructor(db: Libsql.Database, onTrouble: (line: string) => void) {
    this.#db = db;
    this.#onTrouble = onTrouble;
  }

  /**
   * @param folder where the file lies or is made; `undefined`: in memory only
   * @param onTrouble told in one line what can't be kept and why
   */
  static open(folder: string | undefined, onTrouble: (line: string) => void): Database {
    if (folder !== undefined) {
      const file = join(folder, DATABASE_FILE);
      try {
        makeFolder(folder);
        return new Database(openFile(file), onTrouble);
      } catch (error) {
        if (!isDamaged(error)) {
          onTrouble(`${file} can't be opened (${describe(error)}): feedback and settings are kept in memory only. Make it writable or set DATA_DIR.`);
          return new Database(openFile(':memory:'), onTrouble);
        }
        const aside = `${file}.damaged-${Date.now()}`;
        for (const suffix of ['', '-wal', '-shm']) moveAside(file + suffix, aside + suffix);
        onTrouble(`${file} is damaged; it was moved to ${aside}, and feedback and settings begin anew.`);
        return Database.open(folder, onTrouble);
      }
    }
    return new Database(openFile(':memory:'), onTrouble);
  }

  /** Runs a statement; whether it could be. */
  run(sql: string, ...values: readonly (string | number | null)[]): boolean {
    return this.#attempt(() => this.#db.prepare(sql).run(...values) !== undefined) ?? false;
  }

  /** All rows; none when they can't be read. */
  all(sql: string, ...values: readonly (string | number | null)[]): readonly Row[] {
    return this.#attempt(() => this.#db.prepare(sql).all(...values) as Row[]) ?? [];
  }

  close(): void {
    // The write-ahead log goes into the file: of a damaged log SQLite drops what follows the damage, and says nothing.
    this.#attempt(() => this.#db.pragma('wal_checkpoint(TRUNCATE)'));
    this.#attempt(() => this.#db.close());
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#onTrouble(`database: ${describe(error)}`);
      return undefined;
    }
  }
}

/** What is wrong with the database in a folder, or `undefined` when it is sound or not there yet. For the doctor: it changes nothing. */
export function inspectDatabase(folder: string): string | undefined {
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
    return `${file} ${isDamaged(error) ? 'is damaged' : "can't be opened"} (${describe(error)})`;
  }
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
  const version = Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version);
  if (version > MIGRATIONS.length) throw new Error(`written by a newer Isnad (schema ${version}, this one knows ${MIGRATIONS.length})`);
  for (const [i, sql] of MIGRATIONS.entries()) {
    if (i < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${i + 1}; COMMIT;`);
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
