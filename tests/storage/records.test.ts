import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, describe, expect, test } from 'vitest';
import { DATABASE_FILE, Database, inspectDatabase } from '../../src/storage/database.ts';
import { DEFAULT_SETTINGS, Records } from '../../src/storage/records.ts';
import { temporaryFolder } from '../support/app.ts';

const HOUR = 3_600_000;
const ASKED = { guild: 'g1', user: 'u1', language: 'ar', status: 'related', question: 'كم عدد القتلى؟', searched: 'كم عدد القتلى؟' } as const;

const opened: Database[] = [];
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
});
/** Opens the records of a folder at a moment; `lines` gathers what they complain of. */
function open(folder: string | undefined, now = { at: Date.UTC(2026, 0, 1) }) {
  const lines: string[] = [];
  const database = Database.open(folder, (line) => lines.push(line));
  opened.push(database);
  return { records: new Records(database, 90, () => now.at), database, lines, now };
}

describe('questions', () => {
  test('are found by their id, after a restart too, for a day', () => {
    const folder = temporaryFolder();
    const first = open(folder);
    const id = first.records.remember(ASKED);
    first.database.close();
    const { records, now } = open(folder);
    expect(records.recall(id)).toEqual({ ...ASKED, id, askedAt: now.at });
    now.at += 24 * HOUR + 1;
    expect(records.recall(id)).toBeUndefined();
    expect(records.recall("' OR 1=1 --")).toBeUndefined();
  });

  test('that were answered are forgotten after a day unless somebody was not content; the others after the days set', () => {
    const { records, now } = open(undefined);
    const answered = { ...ASKED, status: 'answered' } as const;
    records.remember({ ...answered, question: 'answered' });
    records.vote(records.remember({ ...answered, question: 'liked' }), 'u2', true, '');
    records.vote(records.remember({ ...answered, question: 'disliked' }), 'u2', false, 'wrong paragraph');
    records.remember({ ...ASKED, question: 'related' });
    records.remember({ ...ASKED, status: 'not_found', question: 'not found' });
    const kept = () =>
      records
        .keptOf('u1')
        .questions.map(({ question }) => question)
        .sort();
    expect(kept()).toEqual(['answered', 'disliked', 'liked', 'not found', 'related']);
    now.at += 25 * HOUR;
    records.forgetOld();
    expect(kept()).toEqual(['disliked', 'not found', 'related']);
    now.at += 90 * 24 * HOUR;
    records.forgetOld();
    expect(kept()).toEqual([]);
  });

  test('that stayed open are listed for their server, with the complaints', () => {
    const { records, now } = open(undefined);
    const disliked = records.remember({ ...ASKED, status: 'answered', question: 'disliked' });
    records.vote(disliked, 'u2', false, 'first reason');
    records.vote(disliked, 'u2', false, 'wrong paragraph');
    records.vote(disliked, 'u3', true, '');
    now.at += 1;
    records.vote(records.remember({ ...ASKED, status: 'answered', question: 'liked' }), 'u2', true, '');
    records.remember({ ...ASKED, question: 'related' });
    records.remember({ ...ASKED, guild: 'g2', question: 'elsewhere' });
    expect(records.openQuestions('g1')).toEqual([
      { question: 'related', askedAt: now.at, status: 'related', complaints: [] },
      { question: 'disliked', askedAt: now.at - 1, status: 'answered', complaints: ['wrong paragraph'] },
    ]);
  });
});

describe('settings', () => {
  test('of servers and of people are kept', () => {
    const { records } = open(undefined);
    expect(records.serverSettings('g1')).toEqual(DEFAULT_SETTINGS);
    records.changeServerSettings('g1', { private: true, channels: ['c1'], language: 'ar' });
    records.changeServerSettings('g1', { private: true, channels: ['c1', 'c2'], language: undefined });
    expect(records.serverSettings('g1')).toEqual({ private: true, channels: ['c1', 'c2'], language: undefined });
    expect(records.serverSettings('g2')).toEqual(DEFAULT_SETTINGS);
    records.chooseLanguage('u1', 'ar');
    records.chooseLanguage('u1', 'en');
    expect(records.languageOf('u1')).toBe('en');
    expect(records.languageOf('u2')).toBeUndefined();
  });
});

test('settings that are none of ours count as none', () => {
  const database = Database.open(undefined, () => undefined);
  for (const text of ['nonsense', '{}', '[]']) {
    database.run('INSERT OR REPLACE INTO server_settings (guild, settings) VALUES (?, ?)', 'g1', text);
    expect(new Records(database, 90).serverSettings('g1')).toEqual(DEFAULT_SETTINGS);
  }
});

describe('privacy', () => {
  test('a person sees all that is kept of them and can have it deleted, nobody else loses anything', () => {
    const { records } = open(undefined);
    const id = records.remember(ASKED);
    const other = records.remember({ ...ASKED, user: 'u2', question: 'other' });
    records.vote(other, 'u1', false, 'my reason');
    records.vote(id, 'u2', true, '');
    records.chooseLanguage('u1', 'en');
    expect(records.keptOf('u1')).toMatchObject({
      questions: [{ question: ASKED.question }],
      votes: [{ good: false, reason: 'my reason' }],
      language: 'en',
    });
    expect(records.forget('u1')).toBe(true);
    expect(records.keptOf('u1')).toEqual({ questions: [], votes: [], language: undefined });
    expect(records.keptOf('u2').questions.map(({ question }) => question)).toEqual(['other']);
    expect(records.recall(other)).toBeDefined();
  });
});

describe('a database that fails', () => {
  test.each([
    ['not a database at all', Buffer.from('this is no database, however long the text in it may be'.repeat(50))],
    ['noise', Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 37) % 256))],
  ])('%s is moved aside, and it begins anew', (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, DATABASE_FILE), bytes);
    const { records, lines } = open(folder);
    expect(lines).toEqual([expect.stringMatching(/isnad\.db is damaged; it was moved to .*damaged-\d+, and feedback and settings begin anew\.$/u)]);
    expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true);
    expect(records.recall(records.remember(ASKED))).toBeDefined();
  });

  test('a page damaged in the middle is found when the file is opened, not in the middle of the work; the doctor sees it too', () => {
    const folder = temporaryFolder();
    const first = open(folder);
    for (let i = 0; i < 200; i++) first.records.vote(first.records.remember(ASKED), 'u1', false, 'reason');
    first.database.close();
    expect(inspectDatabase(folder)).toBeUndefined();
    const file = join(folder, DATABASE_FILE);
    const bytes = readFileSync(file);
    expect(bytes.length).toBeGreaterThan(10 * 4096);
    bytes.fill(0xa5, 5 * 4096, 6 * 4096);
    writeFileSync(file, bytes);
    expect(inspectDatabase(folder)).toMatch(/isnad\.db is damaged \(/u);
    const { records, lines } = open(folder);
    expect(lines).toEqual([expect.stringMatching(/isnad\.db is damaged; it was moved to/u)]);
    expect(records.recall(records.remember(ASKED))).toBeDefined();
    expect(inspectDatabase(temporaryFolder())).toBeUndefined();
  });

  test('closing merges the write-ahead log into the file', () => {
    const folder = temporaryFolder();
    const { records, database } = open(folder);
    records.remember(ASKED);
    database.close();
    expect(statSync(join(folder, `${DATABASE_FILE}-wal`), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  test.runIf(existsSync('/proc'))('a folder that takes none keeps nobody waiting', () => {
    const { records, lines } = open('/proc/isnad/data');
    expect(lines).toEqual([expect.stringContaining('kept in memory only')]);
    expect(records.recall(records.remember(ASKED))).toBeDefined();
  });

  test('one cut short is either read or begun anew, never an error', () => {
    for (const share of [0.2, 0.5, 0.9]) {
      const folder = temporaryFolder();
      const first = open(folder);
      for (let i = 0; i < 200; i++) first.records.remember(ASKED);
      first.database.close();
      const file = join(folder, DATABASE_FILE);
      truncateSync(file, Math.floor(statSync(file).size * share));
      const { records } = open(folder);
      expect(Array.isArray(records.openQuestions('g1'))).toBe(true);
    }
  });

  test('a folder that takes none: everything works in memory, and it says so', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { records, lines } = open(file);
    expect(lines).toEqual([expect.stringMatching(/can't be opened .* feedback and settings are kept in memory only\. Make it writable or set DATA_DIR\.$/u)]);
    expect(records.recall(records.remember(ASKED))).toBeDefined();
  });

  test('one written by a newer program is left alone', () => {
    const folder = temporaryFolder();
    const db = new Libsql(join(folder, DATABASE_FILE));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const { records, lines } = open(folder);
    expect(lines).toEqual([expect.stringContaining('written by a newer Isnad (schema 99')]);
    expect(records.recall(records.remember(ASKED))).toBeDefined();
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  test('one that another process has locked: what is asked of it gives nothing, soon', () => {
    const folder = temporaryFolder();
    const { records, lines } = open(folder);
    const id = records.remember(ASKED);
    const other = new Libsql(join(folder, DATABASE_FILE));
    other.exec('BEGIN EXCLUSIVE');
    const lost = records.remember(ASKED);
    expect(records.vote(id, 'u1', true, '')).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    expect(records.recall(lost)).toBeUndefined();
    expect(records.recall(id)).toBeDefined();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^database: .*locked/u);
  });

  test('a folder above that is read-only', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o500);
    const { records } = open(join(folder, 'closed', 'data'));
    expect(records.recall(records.remember(ASKED))).toBeDefined();
  });
});
