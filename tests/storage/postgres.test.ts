import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { openPool } from '../../src/postgres.ts';
import { Database, inspectDatabase } from '../../src/storage/database.ts';
import { DEFAULT_SETTINGS, Records } from '../../src/storage/records.ts';
import { LASTING_TABLES } from '../../src/storage/schema.ts';
import { DATABASE_FILE } from '../../src/storage/sqlite.ts';
import { temporaryFolder } from '../support/app.ts';
import { GIVEN_SERVER, type Home, type Opener, schemasOn } from '../support/databases.ts';
import { type GatedPostgres, PASSWORD, startBehindGate } from '../support/gate.ts';

const ASKED = { guild: 'g1', user: 'u1', language: 'ar', status: 'related', question: 'من؟', searched: 'من؟', report: undefined } as const;
const REPORT = { id: 'flood.pdf', title: 'فيضان', content: 'فيضان\n\nارتفع الماء.' } as const;

let server: GatedPostgres;
let home: Home;
/** All that was told of any trouble: the password is not in it. */
const told: string[] = [];
const opened: Database[] = [];
beforeAll(async () => {
  server = await startBehindGate();
  home = schemasOn(server.gate.url);
});
afterEach(async () => {
  server.gate.silent = false;
  server.gate.cutAt = undefined;
  for (const database of opened.splice(0)) await database.close();
  expect(told.join('\n')).not.toContain(PASSWORD);
});
afterAll(() => server.stop());

async function open(opener: Opener = home.fresh()) {
  const lines: string[] = [];
  const database = await opener((line) => {
    lines.push(line);
    told.push(line);
  });
  opened.push(database);
  return { records: new Records(database, 90), database, lines };
}

/** What opening came to, as the user is told. */
async function refusal(opening: Promise<Database>): Promise<UserError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error ?? new Error('it was opened');
  told.push(error.message);
  return error;
}

/** Resolves once something is so; the test's own patience ends it. */
async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise(setImmediate);
}

describe('at the start', () => {
  const open = () => Database.open({ folder: undefined, url: server.gate.url }, (line) => told.push(line));

  test('a server that is away is told, with what to do', async () => {
    await server.gate.close();
    const error = await refusal(open());
    expect(error.message).toMatch(
      /^The database server of DATABASE_URL can't be reached \(.*ECONNREFUSED.*\)\. Start it or put the address right, then try again\.$/u,
    );
    expect(error.exitCode).toBe(1);
    expect(await inspectDatabase({ folder: undefined, url: server.gate.url })).toBe(error.message);
    await server.gate.open();
  });

  test('one that takes connections and says nothing is told too', async () => {
    server.gate.silent = true;
    expect((await refusal(open())).message).toMatch(/^The database server of DATABASE_URL can't be reached \(.*time.*\)/iu);
  });

  test('an address that leads nowhere', async () => {
    const nowhere = `postgres://postgres:${PASSWORD}@host.invalid/postgres`;
    expect((await refusal(Database.open({ folder: undefined, url: nowhere }, () => undefined))).message).toContain("can't be reached");
  });

  test('the doctor finds an empty database sound, and leaves it empty', async () => {
    const place = { folder: undefined, url: server.gate.url };
    const pool = openPool(server.gate.url, (line) => told.push(line));
    const schemas = async () => (await pool.query("SELECT nspname FROM pg_namespace WHERE nspname = 'isnad'")).rows;
    expect(await inspectDatabase(place)).toBeUndefined();
    expect(await schemas()).toEqual([]);
    await (await open()).close();
    expect(await schemas()).toHaveLength(1);
    expect(await inspectDatabase(place)).toBeUndefined();
    await pool.query('UPDATE isnad.schema_versions SET version = version + 97');
    const error = await refusal(open());
    expect(error.message).toBe('The database of DATABASE_URL was written by a newer Isnad (schema 99, this one knows 2). Update this one.');
    expect(error.exitCode).toBe(2);
    expect(await inspectDatabase(place)).toBe(error.message);
    await pool.query('DROP SCHEMA isnad CASCADE');
    await pool.end();
  });

  describe('with a file that kept things before', () => {
    const news: string[] = [];
    const openWith = async (folder: string) => {
      const database = await Database.open(
        { folder, url: server.gate.url },
        (line) => told.push(line),
        (line) => news.push(line),
      );
      opened.push(database);
      return { database, records: new Records(database, 90) };
    };
    const pool = () => openPool(server.gate.url, (line) => told.push(line));
    afterEach(async () => {
      news.length = 0;
      const own = pool();
      await own.query('DROP SCHEMA IF EXISTS isnad CASCADE');
      await own.end();
    });

    test('all of it is carried over, once, and the file is put aside', async () => {
      const folder = temporaryFolder();
      const file = await Database.open({ folder, url: undefined }, (line) => told.push(line));
      const before = new Records(file, 90);
      const id = await before.remember(ASKED);
      await before.vote(id, 'u2', false, 'خطأ');
      await before.changeServerSettings('g1', { ...DEFAULT_SETTINGS, channelReports: { c1: 'flood.pdf' } });
      await before.chooseLanguage('u1', 'ar');
      await before.confirmReport('g1', (await before.proposeReport('g1', REPORT)) ?? '');
      const proposed = (await before.proposeReport('g1', { ...REPORT, id: 'other.txt' })) ?? '';
      const [report] = await before.serverReports('g1');
      await file.close();

      const { database, records } = await openWith(folder);
      expect(news).toEqual([
        expect.stringMatching(/isnad\.db was carried over to DATABASE_URL \(5 rows\) and moved to .*carried-over-\d+\. Delete it once all is well\.$/u),
      ]);
      expect(await records.recall(id)).toMatchObject(ASKED);
      expect((await records.openQuestions('g1')).map(({ complaints }) => complaints)).toEqual([['خطأ']]);
      expect((await records.serverSettings('g1')).channelReports).toEqual({ c1: 'flood.pdf' });
      expect(await records.languageOf('u1')).toBe('ar');
      expect(await records.serverReports('g1')).toEqual([report]);
      expect(await records.proposedReport('g1', proposed)).toBeUndefined();
      expect(readdirSync(folder).filter((name) => !name.includes('carried-over'))).toEqual([]);
      const tables = await database.all("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'isnad'");
      expect(new Set(tables.map(({ name }) => name))).toEqual(new Set([...LASTING_TABLES, 'proposed_reports', 'schema_versions']));

      // What a bot without the server writes to the folder later is not mixed in.
      const later = await Database.open({ folder, url: undefined }, (line) => told.push(line));
      const mine = await new Records(later, 90).remember(ASKED);
      await later.close();
      const again = await openWith(folder);
      expect(await again.records.recall(mine)).toBeUndefined();
      expect(await again.records.recall(id)).toBeDefined();
      expect(news).toHaveLength(1);
    });

    test('one that is damaged is not passed over: the start says what to do, and nothing is made meanwhile', async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, DATABASE_FILE), 'this is no database, however long the text in it may be'.repeat(50));
      const error = await refusal(openWith(folder).then(({ database }) => database));
      expect(error.message).toMatch(/isnad\.db can't be carried over to DATABASE_URL \(.*\)\. Restore it from a backup or move it away, then start again\.$/u);
      expect(error.exitCode).toBe(1);
      const own = pool();
      expect((await own.query("SELECT 1 FROM pg_namespace WHERE nspname = 'isnad'")).rows).toEqual([]);
      await own.end();
      expect(readdirSync(folder)).toContain(DATABASE_FILE);
    });
  });

  test('several processes at once bring the schema up to date once', async () => {
    const opener = home.fresh();
    const databases = await Promise.all(Array.from({ length: 4 }, () => opener((line) => told.push(line))));
    opened.push(...databases);
    const [first, ...others] = databases.map((database) => new Records(database, 90));
    const id = (await first?.remember(ASKED)) ?? '';
    for (const records of others) expect(await records.recall(id)).toMatchObject(ASKED);
  });
});

describe('a server that goes away', () => {
  test('gives nothing meanwhile, and is found again by itself', async () => {
    const { records, lines } = await open();
    const id = await records.remember(ASKED);
    expect(lines).toEqual([]);
    await server.gate.close();
    expect(await records.recall(id)).toBeUndefined();
    expect(await records.vote(id, 'u1', true, '')).toBe(false);
    expect(await records.changeServerSettings('g1', DEFAULT_SETTINGS)).toBe(false);
    expect(await records.proposeReport('g1', REPORT)).toBeUndefined();
    expect(await records.forgetServer('g1')).toBe(false);
    await expect(records.serverReports('g1')).rejects.toThrow();
    expect(lines.length).toBeGreaterThan(0);
    await server.gate.open();
    await until(async () => (await records.recall(id)) !== undefined);
    expect(await records.vote(id, 'u1', true, '')).toBe(true);
  });

  test('or says nothing any more: nobody waits for it long, and it is found again', async () => {
    const { records, lines } = await open();
    const id = await records.remember(ASKED);
    server.gate.silent = true;
    expect(await records.recall(id)).toBeUndefined();
    expect(await records.forget('u1')).toBe(false);
    // A reply that takes several statements waits for one of them.
    expect(lines).toEqual([expect.stringMatching(/^database: .*timeout/u), 'database: the server did not answer a moment ago']);
    server.gate.silent = false;
    await until(async () => (await records.recall(id)) !== undefined);
  });

  test('in the middle of a transaction: all of it is undone', async () => {
    const { records } = await open();
    const id = await records.remember(ASKED);
    server.gate.cutAt = 'COMMIT';
    expect(await records.forget('u1')).toBe(false);
    server.gate.cutAt = undefined;
    await until(async () => (await records.recall(id)) !== undefined);
    expect(await records.forget('u1')).toBe(true);
    expect(await records.recall(id)).toBeUndefined();
  });

  test('many at once find it away, and then there', async () => {
    const { records } = await open();
    const ids = await Promise.all(Array.from({ length: 50 }, () => records.remember(ASKED)));
    expect(await records.openQuestions('g1')).toHaveLength(50);
    await server.gate.close();
    expect((await Promise.all(ids.map((id) => records.recall(id)))).filter(Boolean)).toEqual([]);
    await server.gate.open();
    await until(async () => (await records.openQuestions('g1')).length === 50);
  });
});

describe.runIf(GIVEN_SERVER !== undefined)('a server of its own', () => {
  const url = GIVEN_SERVER ?? '';

  test('several processes at once bring the schema up to date once', async () => {
    const given = schemasOn(url);
    const opener = given.fresh();
    const databases = await Promise.all(Array.from({ length: 8 }, () => opener((line) => told.push(line))));
    const records = databases.map((database) => new Records(database, 90));
    const ids = await Promise.all(records.map((one) => one.remember(ASKED)));
    for (const one of records) expect((await Promise.all(ids.map((id) => one.recall(id)))).filter(Boolean)).toHaveLength(8);
    for (const database of databases) await database.close();
    await given.stop();
  });

  test('a statement that waits for another too long is given up, and the connection with it', async () => {
    const given = schemasOn(url);
    const { records, lines } = await open(given.fresh());
    const id = await records.remember(ASKED);
    const pool = openPool(url, () => undefined);
    const [{ schema } = { schema: '' }] = (
      await pool.query<{ schema: string }>("SELECT nspname AS schema FROM pg_namespace WHERE nspname LIKE 'isnad_test_%' ORDER BY oid DESC LIMIT 1")
    ).rows;
    const other = await pool.connect();
    await other.query(`BEGIN; LOCK TABLE ${schema}.questions IN ACCESS EXCLUSIVE MODE`);
    expect(await records.recall(id)).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/timeout/u)]);
    await other.query('ROLLBACK');
    other.release();
    await until(async () => (await records.recall(id)) !== undefined);
    await pool.end();
    await given.stop();
  });

  test('a database that is not there is told, with what to do', async () => {
    const elsewhere = new URL(url);
    elsewhere.pathname = '/isnad_no_such_database';
    const error = await refusal(Database.open({ folder: undefined, url: elsewhere.href }, () => undefined));
    expect(error.message).toMatch(
      /^The database server of DATABASE_URL refused \(.*isnad_no_such_database.*\)\. Correct user, password, database or rights \(to make the schema isnad\), then start again\.$/u,
    );
    expect(error.exitCode).toBe(2);
  });
});
