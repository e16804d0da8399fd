import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, describe, expect, test } from 'vitest';
import { Database, inspectDatabase } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { DATABASE_FILE } from '../../src/storage/sqlite.ts';
import { temporaryFolder } from '../support/app.ts';

const ASKED = { guild: 'g1', user: 'u1', language: 'ar', status: 'related', question: 'من؟', searched: 'من؟', report: undefined } as const;

const opened: Database[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});
/** Opens the records of a folder; `lines` gathers what they complain of. */
async function open(folder: string) {
  const lines: string[] = [];
  const database = await Database.open({ folder, url: undefined }, (line) => lines.push(line));
  opened.push(database);
  return { records: new Records(database, 90), database, lines };
}
const inspect = (folder: string) => inspectDatabase({ folder, url: undefined });
/** Whether a question can be kept and found. */
const works = async (records: Records) => (await records.recall(await records.remember(ASKED))) !== undefined;

describe('a file that fails', () => {
  test.each([
    ['not a database at all', Buffer.from('this is no database, however long the text in it may be'.repeat(50))],
    ['noise', Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 37) % 256))],
  ])('%s is moved aside, and it begins anew', async (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, DATABASE_FILE), bytes);
    const { records, lines } = await open(folder);
    expect(lines).toEqual([expect.stringMatching(/isnad\.db is damaged; it was moved to .*damaged-\d+, and feedback and settings begin anew\.$/u)]);
    expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true);
    expect(await works(records)).toBe(true);
  });

  test('a page damaged in the middle is found when the file is opened, not in the middle of the work; the doctor sees it too', async () => {
    const folder = temporaryFolder();
    const first = await open(folder);
    for (let i = 0; i < 200; i++) await first.records.vote(await first.records.remember(ASKED), 'u1', false, 'reason');
    await first.database.close();
    expect(await inspect(folder)).toBeUndefined();
    const file = join(folder, DATABASE_FILE);
    const bytes = readFileSync(file);
    expect(bytes.length).toBeGreaterThan(10 * 4096);
    bytes.fill(0xa5, 5 * 4096, 6 * 4096);
    writeFileSync(file, bytes);
    expect(await inspect(folder)).toMatch(/isnad\.db is damaged \(/u);
    const { records, lines } = await open(folder);
    expect(lines).toEqual([expect.stringMatching(/isnad\.db is damaged; it was moved to/u)]);
    expect(await works(records)).toBe(true);
    expect(await inspect(temporaryFolder())).toBeUndefined();
  });

  test('closing merges the write-ahead log into the file', async () => {
    const folder = temporaryFolder();
    const { records, database } = await open(folder);
    await records.remember(ASKED);
    await database.close();
    expect(statSync(join(folder, `${DATABASE_FILE}-wal`), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  test.runIf(existsSync('/proc'))('a folder that takes none keeps nobody waiting', async () => {
    const { records, lines } = await open('/proc/isnad/data');
    expect(lines).toEqual([expect.stringContaining('kept in memory only')]);
    expect(await works(records)).toBe(true);
  });

  test('one cut short is either read or begun anew, never an error', async () => {
    for (const share of [0.2, 0.5, 0.9]) {
      const folder = temporaryFolder();
      const first = await open(folder);
      for (let i = 0; i < 200; i++) await first.records.remember(ASKED);
      await first.database.close();
      const file = join(folder, DATABASE_FILE);
      truncateSync(file, Math.floor(statSync(file).size * share));
      const { records } = await open(folder);
      expect(Array.isArray(await records.openQuestions('g1'))).toBe(true);
    }
  });

  test('a folder that takes none: everything works in memory, and it says so', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { records, lines } = await open(file);
    expect(lines).toEqual([expect.stringMatching(/can't be opened .* feedback and settings are kept in memory only\. Make it writable or set DATA_DIR\.$/u)]);
    expect(await works(records)).toBe(true);
  });

  test('one that another process has locked: what is asked of it gives nothing, soon', async () => {
    const folder = temporaryFolder();
    const { records, lines } = await open(folder);
    const id = await records.remember(ASKED);
    const other = new Libsql(join(folder, DATABASE_FILE));
    other.exec('BEGIN EXCLUSIVE');
    const lost = await records.remember(ASKED);
    expect(await records.vote(id, 'u1', true, '')).toBe(false);
    expect(await records.forget('u1')).toBe(false);
    other.exec('ROLLBACK');
    expect(await records.recall(lost)).toBeUndefined();
    expect(await records.recall(id)).toBeDefined();
    // What is written from then on is there for others.
    const kept = await records.remember(ASKED);
    expect(other.prepare('SELECT id FROM questions WHERE id = ?').all(kept)).toEqual([{ id: kept }]);
    expect(await records.forget('u1')).toBe(true);
    expect(other.prepare('SELECT id FROM questions').all()).toEqual([]);
    other.close();
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^database: .*locked/u);
  });

  test('a folder above that is read-only', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o500);
    const { records } = await open(join(folder, 'closed', 'data'));
    expect(await works(records)).toBe(true);
  });
});

describe('a file of another version', () => {
  /** As the first version wrote it. */
  const FIRST = `
    CREATE TABLE questions (
      id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, guild TEXT, user TEXT NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL,
      question TEXT NOT NULL, searched TEXT NOT NULL
    ) STRICT;
    CREATE INDEX questions_by_guild ON questions (guild, asked_at);
    CREATE INDEX questions_by_user ON questions (user);
    CREATE TABLE votes (
      question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE, user TEXT NOT NULL, good INTEGER NOT NULL, reason TEXT NOT NULL,
      voted_at INTEGER NOT NULL, PRIMARY KEY (question, user)
    ) STRICT;
    CREATE INDEX votes_by_user ON votes (user);
    CREATE TABLE server_settings (guild TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
    CREATE TABLE user_settings (user TEXT PRIMARY KEY, language TEXT NOT NULL) STRICT;
    PRAGMA user_version = 1;
  `;

  test('the first is taken over, and nothing is lost', async () => {
    const folder = temporaryFolder();
    const db = new Libsql(join(folder, DATABASE_FILE));
    const now = Date.now();
    db.exec(FIRST);
    db.exec(`
      INSERT INTO questions VALUES ('q1', ${now}, 'g1', 'u1', 'ar', 'related', 'من؟', 'من؟');
      INSERT INTO votes VALUES ('q1', 'u2', 0, 'reason', ${now});
      INSERT INTO server_settings VALUES ('g1', '{"private":true,"channels":["c1"],"language":"en"}');
      INSERT INTO user_settings VALUES ('u1', 'en');
    `);
    db.close();
    for (let start = 0; start < 2; start++) {
      const { records, database, lines } = await open(folder);
      expect(await records.recall('q1')).toEqual({ ...ASKED, id: 'q1', askedAt: now });
      expect(await records.openQuestions('g1')).toContainEqual({ question: 'من؟', askedAt: now, status: 'related', complaints: ['reason'] });
      expect(await records.serverSettings('g1')).toEqual({ private: true, channels: ['c1'], language: 'en', channelReports: {} });
      expect(await records.languageOf('u1')).toBe('en');
      expect((await records.keptOf('u2')).votes).toEqual([{ good: false, reason: 'reason', votedAt: now }]);
      expect(await works(records)).toBe(true);
      expect(lines).toEqual([]);
      await database.close();
    }
    const { records } = await open(folder);
    expect(await records.forget('u1')).toBe(true);
    expect(await records.recall('q1')).toBeUndefined();
    // A question's votes go with it.
    expect((await records.keptOf('u2')).votes).toEqual([]);
  });

  test('one written by a newer program is left alone', async () => {
    const folder = temporaryFolder();
    const db = new Libsql(join(folder, DATABASE_FILE));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const { records, lines } = await open(folder);
    expect(lines).toEqual([expect.stringContaining('written by a newer Isnad (schema 99')]);
    expect(await works(records)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});
