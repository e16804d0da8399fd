import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadEncoder, openApp } from '../../src/app.ts';
import type { Document } from '../../src/corpus/document.ts';
import { parseReport } from '../../src/corpus/parse.ts';
import { readReports } from '../../src/corpus/read.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { UserError } from '../../src/errors.ts';
import { build, buildInMemory, passageOfVector, textOfVector } from '../../src/indexing/build.ts';
import { concatenated } from '../../src/indexing/bytes.ts';
import { ExactIndex } from '../../src/indexing/exact.ts';
import { FolderStore } from '../../src/indexing/folder-store.ts';
import type { IndexStore, OpenedIndex, OpenOptions } from '../../src/indexing/index-store.ts';
import { INDEX_FILES } from '../../src/indexing/manifest.ts';
import { Connections } from '../../src/indexing/pgvector/connections.ts';
import { insertVectors } from '../../src/indexing/pgvector/index-writer.ts';
import { PgvectorStore } from '../../src/indexing/pgvector/pgvector-store.ts';
import { createTables, tablesOf } from '../../src/indexing/pgvector/tables.ts';
import { createGraph, PgVectors, searchSql } from '../../src/indexing/pgvector/vectors.ts';
import type { ReportIndex } from '../../src/indexing/report-index.ts';
import { DamagedIndex, TextsInMemory } from '../../src/indexing/texts.ts';
import { TEXTS_FILES } from '../../src/indexing/texts-file.ts';
import type { Neighbour } from '../../src/indexing/vector-index.ts';
import { openPool } from '../../src/postgres.ts';
import { type RankedPassage, retrieve } from '../../src/retrieval/retriever.ts';
import { GOLDEN } from '../fixtures/golden.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { createDatabase, startPglite, type TestPostgres } from '../support/postgres.ts';
import { randomVectors } from '../support/vectors.ts';

/** A kind of store, and what only those know who look behind it. */
interface Kind {
  readonly name: string;
  start(): Promise<void>;
  /** A store that holds nothing; the one before it is closed. */
  fresh(): Promise<IndexStore>;
  /** Everything that lies in it, whosever it is and unfinished things included: three tables or one folder an index. */
  kept(): Promise<number>;
  /** Ways to damage the newest index. */
  readonly damages: Readonly<Record<string, (opened: OpenedIndex) => Promise<void>>>;
  stop(): Promise<void>;
}

function folders(): Kind {
  let root = '';
  const indexesIn = (folder: string) => readdirSync(folder).filter((name) => name !== 'servers');
  const flipped = (file: string) => async (opened: OpenedIndex) => {
    const bytes = readFileSync(join(opened.where, file));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    writeFileSync(join(opened.where, file), bytes);
  };
  return {
    name: 'folders',
    start: async () => {},
    fresh: async () => {
      root = temporaryFolder();
      return new FolderStore(root);
    },
    kept: async () => {
      const servers = readdirSync(root).includes('servers') ? readdirSync(join(root, 'servers')) : [];
      return [root, ...servers.map((server) => join(root, 'servers', server))].flatMap(indexesIn).length;
    },
    damages: {
      'a vector': flipped(INDEX_FILES.vectors),
      'what is kept of a text': flipped(TEXTS_FILES.records),
      'the lexical index': flipped(INDEX_FILES.lexical),
      'a text that is gone': async ({ where }) => truncateSync(join(where, TEXTS_FILES.table), 24),
    },
    stop: async () => {},
  };
}

/** @param options those of the store: none waits for questions under way */
function pgvector(name: string, start: () => Promise<TestPostgres>): Kind & { readonly postgres: TestPostgres } {
  let postgres: TestPostgres | undefined;
  let store: IndexStore | undefined;
  const query = (sql: string) => postgres?.query(sql) ?? Promise.reject(new Error('not started'));
  const onNewest = (sql: (id: number) => string) => async () => {
    const [newest] = await query('SELECT max(id) AS id FROM isnad.indexes');
    await query(sql(Number(newest?.['id'])));
  };
  const flip = (column: string) => `${column} = set_byte(${column}, 7, get_byte(${column}, 7) # 255)`;
  return {
    name,
    get postgres() {
      return postgres as TestPostgres;
    },
    start: async () => {
      postgres ??= await start();
    },
    fresh: async () => {
      await store?.close();
      await query('DROP SCHEMA IF EXISTS isnad CASCADE');
      store = PgvectorStore.connect((postgres as TestPostgres).url, () => undefined, { grace: 0 });
      return store;
    },
    kept: async () => {
      const tables = await query(`SELECT FROM pg_tables WHERE schemaname = 'isnad' AND tablename ~ '_[0-9]+$'`);
      return tables.length / 3;
    },
    damages: {
      'states of a text': onNewest((id) => `UPDATE isnad.texts_${id} SET ${flip('states')} WHERE text = 1`),
      'memories of a text': onNewest((id) => `UPDATE isnad.texts_${id} SET ${flip('memories')} WHERE text = 2`),
      'the lexical index': onNewest((id) => `UPDATE isnad.lexical_${id} SET ${flip('bytes')}`),
      'a vector that is gone': onNewest((id) => `DELETE FROM isnad.vectors_${id} WHERE label = 2`),
      'a text that is gone': onNewest((id) => `DELETE FROM isnad.texts_${id} WHERE text = 0`),
      'no lexical index': onNewest((id) => `DELETE FROM isnad.lexical_${id}`),
      'a table that is gone': onNewest((id) => `DROP TABLE isnad.texts_${id}`),
    },
    stop: async () => {
      await store?.close();
      await postgres?.stop();
    },
  };
}

const DATABASE_URL = process.env['DATABASE_URL'];
const databases = [
  pgvector('pgvector on PGlite', startPglite),
  ...(DATABASE_URL === undefined ? [] : [pgvector('pgvector on the server of DATABASE_URL', () => createDatabase(DATABASE_URL))]),
];
const kinds: readonly Kind[] = [folders(), ...databases];

const report = (text: string, id = 'report'): Document[] => [parseReport(id, `انهيار جسر قديم في المدينة\n\n${text}\n\nأغلقت الشرطة الطريق حتى المساء.`)];
const documents = report('انهار الجسر فجر الأحد بعد فيضان النهر.');
const QUESTION = 'متى انهار الجسر؟';

let encoder: Encoder;
/** The reports of the repository, and an index of them in memory that compares with every vector. */
let reports: readonly Document[];
let oracle: ReportIndex;
beforeAll(async () => {
  const config = testConfig();
  encoder = await loadEncoder(config);
  reports = (await readReports(config.seedsFolder)).documents;
  const texts = new TextsInMemory();
  const built = await build(reports, encoder, texts);
  const { dimensions } = encoder.info;
  const vectors = new ExactIndex(new Float32Array(concatenated(built.vectors).buffer), dimensions);
  oracle = { ...built, documents: reports, vectors, vectorPassage: passageOfVector(textOfVector(built.vectors, dimensions), built.translations), texts };
});
afterAll(async () => {
  for (const kind of kinds) await kind.stop();
  await encoder.close();
});

async function open(store: IndexStore, docs = documents, options: OpenOptions = {}) {
  const notices: string[] = [];
  const progress: number[] = [];
  const opened = await store.open(docs, encoder, { onNotice: (line) => notices.push(line), onProgress: (done) => progress.push(done), ...options });
  return { ...opened, notices, progress };
}

const ranked = new Map<string, readonly RankedPassage[]>();
async function rankedByOracle(question: string): Promise<readonly RankedPassage[]> {
  const known = ranked.get(question) ?? (await retrieve(question, oracle, encoder)).ranked;
  ranked.set(question, known);
  return known;
}

async function vectorOf(question: string): Promise<Float32Array> {
  const [encoded] = await encoder.encode([question], 'query');
  return encoded?.vectors ?? new Float32Array();
}

/** Everything that a question is answered from is the same. */
async function expectSame(index: ReportIndex, other: ReportIndex): Promise<void> {
  const all = Array.from({ length: other.texts.size }, (_, text) => text);
  expect(index.texts.size).toBe(other.texts.size);
  for (const part of ['states', 'memories'] as const) expect(await index.texts[part](all)).toEqual(await other.texts[part](all));
  expect(index.vectorPassage).toEqual(other.vectorPassage);
  expect(index.translations).toEqual(other.translations);
  expect(index.lexical.search(QUESTION).best(99)).toEqual(other.lexical.search(QUESTION).best(99));
  const query = await vectorOf(QUESTION);
  expectNear(await index.vectors.search(query, 99), await other.vectors.search(query, 99));
}

/** The same neighbours, their cosines as near as rounding lets them. */
function expectNear(found: readonly Neighbour[], expected: readonly Neighbour[]): void {
  expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
  for (const [i, { cosine }] of found.entries()) expect(cosine).toBeCloseTo(expected[i]?.cosine ?? 0, 5);
}

const ENGLISH = [
  'An old bridge collapses in the city',
  'The bridge collapsed at dawn on Sunday after the river flooded.',
  'Police closed the road until evening.',
];
const translated = (texts: readonly string[]) =>
  documents.map((document) => ({
    ...document,
    translationSha256: texts.join(),
    passages: document.passages.map((passage, i) => ({ ...passage, translation: texts[i] })),
  }));

describe.each(kinds)('an index store: $name', (kind) => {
  beforeAll(() => kind.start());

  test('builds an index once, with progress, and opens it after that', async () => {
    const store = await kind.fresh();
    expect(await store.inspect(documents, encoder.info)).toBe('not built yet for these reports and this model.');
    const first = await open(store);
    expect(first).toMatchObject({ built: true, embedded: 3, progress: [1, 2, 3], notices: [] });
    expect(Math.abs(first.builtAt.getTime() - Date.now())).toBeLessThan(60_000);
    const whole = await buildInMemory(documents, encoder);
    await expectSame(first.index, whole);
    const second = await open(store);
    expect(second).toMatchObject({ built: false, embedded: 0, builtAt: first.builtAt });
    await expectSame(second.index, whole);
    expect(await store.inspect(documents, encoder.info)).toBeUndefined();
    const forced = await open(store, documents, { force: true });
    expect(forced).toMatchObject({ built: true, embedded: 3 });
    await expectSame(forced.index, whole);
    expect(await kind.kept()).toBe(1);
  });

  test('of a changed report embeds only what changed, and the index is the one that a whole build makes', async () => {
    const store = await kind.fresh();
    await open(store);
    const changed = report('انهار الجسر مساء الاثنين بعد فيضان النهر.');
    const partly = await open(store, changed);
    expect(partly).toMatchObject({ built: true, embedded: 1, progress: [2, 3] });
    await expectSame(partly.index, await buildInMemory(changed, encoder));
    const again = [...changed, ...report('انهار الجسر مساء الاثنين بعد فيضان النهر.', 'the same again')];
    const known = await open(store, again);
    expect(known).toMatchObject({ built: true, embedded: 0, progress: [6] });
    await expectSame(known.index, await buildInMemory(again, encoder));
  });

  test('names a translation that is not one of its report, paragraph by paragraph, and leaves it out', async () => {
    const store = await kind.fresh();
    const right = await open(store, translated(ENGLISH));
    expect([right.notices, right.index.translations.size]).toEqual([[], 3]);
    await expectSame(right.index, await buildInMemory(translated(ENGLISH), encoder));
    const [title = '', first = '', second = ''] = ENGLISH;
    for (const _ of ['built', 'opened again']) {
      const swapped = await open(store, translated([title, second, first]));
      expect(swapped.notices).toEqual([
        'The translation of report is left out: its paragraphs do not translate those of the report (¶1, ¶2). Align them one to one.',
      ]);
      expect(swapped.index.translations.size).toBe(0);
      expect(swapped.index.documents[0]?.passages[1]).toMatchObject({ text: 'انهار الجسر فجر الأحد بعد فيضان النهر.', translation: undefined });
    }
    expect(await kind.kept()).toBe(2);
  });

  test('keeps the newest few indexes of others, so that going back builds nothing, and clears older ones away', async () => {
    const store = await kind.fresh();
    const versions = [0, 1, 2, 3, 4, 5].map((hour) => report(`انهار الجسر بعد ${hour} ساعات.`));
    for (const version of versions) expect((await open(store, version)).built).toBe(true);
    expect(await kind.kept()).toBe(5);
    for (const version of versions.slice(1)) expect((await open(store, version)).built).toBe(false);
    expect(await open(store, versions[0])).toMatchObject({ built: true, embedded: 1 });
  });

  test.each(Object.keys(kind.damages))('names damage in one line and mends it: %s', async (damage) => {
    const store = await kind.fresh();
    await kind.damages[damage]?.(await open(store));
    expect(await store.inspect(documents, encoder.info)).toMatch(/ is damaged \(/u);
    const mended = await open(store);
    expect(mended.notices).toEqual([expect.stringMatching(/^The index in .* is damaged \(.*\); it is built anew\.$/u)]);
    expect(mended).toMatchObject({ built: true, embedded: 3 });
    await expectSame(mended.index, await buildInMemory(documents, encoder));
    expect((await open(store)).built).toBe(false);
    expect(await kind.kept()).toBe(1);
  });

  test.each(Object.keys(kind.damages))('takes over nothing that is damaged: %s', async (damage) => {
    const store = await kind.fresh();
    await kind.damages[damage]?.(await open(store));
    const changed = report('انهار الجسر مساء الاثنين بعد فيضان النهر.');
    await expectSame((await open(store, changed)).index, await buildInMemory(changed, encoder));
    expect((await open(store, changed)).built).toBe(false);
  });

  test('leaves nothing of a build that fails', async () => {
    const store = await kind.fresh();
    const failing: Encoder = { ...encoder, info: encoder.info, encode: () => Promise.reject(new Error('the thread ended')) };
    await expect(store.open(documents, failing)).rejects.toThrow('the thread ended');
    expect(await kind.kept()).toBe(0);
    expect((await open(store)).built).toBe(true);
  });

  test('finds what comparing with every vector finds, and ranks as an index in memory does', async () => {
    const { index } = await open(await kind.fresh(), [...reports]);
    expect(index.vectors.size).toBe(oracle.vectors.size);
    for (const { question } of GOLDEN) {
      const query = await vectorOf(question);
      for (const k of [0, 1, 5, 28, 100]) expectNear(await index.vectors.search(query, k), await oracle.vectors.search(query, k));
      const [ranked, expected] = [(await retrieve(question, index, encoder)).ranked, await rankedByOracle(question)];
      expect(ranked.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
      for (const [i, { score }] of ranked.entries()) expect(score).toBeCloseTo(expected[i]?.score ?? 0, 3);
    }
  });

  test("what is no server's id opens no store", async () => {
    const store = await kind.fresh();
    for (const id of ['', '..', 'a/b', '../1001', 'a\0b', "'; DROP SCHEMA isnad"]) expect(() => store.of(id)).toThrow(/is no id of a server/u);
  });

  describe("a server's own", () => {
    const theirs = report('سرق اللصوص متحف المدينة ليلا.', 'theirs');
    const others = report('افتتح الوزير ميناء جديدا في الشمال.', 'others');

    test('index is apart from all others, takes over the common texts and no others, and goes alone', async () => {
      const store = await kind.fresh();
      await open(store);
      const [one, two] = [store.of('1001'), store.of('1002')];
      // Title and last paragraph are those of the common report.
      const first = await open(one, theirs);
      expect(first).toMatchObject({ built: true, embedded: 1 });
      await expectSame(first.index, await buildInMemory(theirs, encoder));
      expect(await one.inspect(theirs, encoder.info)).toBeUndefined();
      for (const store of [two]) expect(await store.inspect(theirs, encoder.info)).toMatch(/^not built yet/u);
      expect(await store.inspect(theirs, encoder.info)).toMatch(/^not built yet/u);
      // What the first server has embedded is not taken over by the second, nor by the common store.
      expect(await open(two, theirs)).toMatchObject({ built: true, embedded: 1 });
      expect(await open(store, theirs)).toMatchObject({ built: true, embedded: 1 });
      await one.clear();
      expect(await one.inspect(theirs, encoder.info)).toMatch(/^not built yet/u);
      for (const store of [two]) expect(await store.inspect(theirs, encoder.info)).toBeUndefined();
      expect(await store.inspect(documents, encoder.info)).toBeUndefined();
      expect(await kind.kept()).toBe(3);
      await store.clear();
      expect(await store.inspect(documents, encoder.info)).toMatch(/^not built yet/u);
      expect(await two.inspect(theirs, encoder.info)).toBeUndefined();
      expect(await kind.kept()).toBe(1);
    });

    test('vectors and texts are found there only', async () => {
      const store = await kind.fresh();
      const [one, two] = [await open(store.of('1001'), theirs), await open(store.of('1002'), others)];
      for (const [own, documents] of [
        [one, theirs],
        [two, others],
      ] as const) {
        await expectSame(own.index, await buildInMemory(documents, encoder));
        const { ranked } = await retrieve('ميناء متحف', own.index, encoder);
        expect(new Set(ranked.map(({ document }) => document.id))).toEqual(new Set(documents.map(({ id }) => id)));
      }
    });

    test('reports that were removed are gone with the next index', async () => {
      const store = await kind.fresh();
      const own = store.of('1001');
      await open(own, [...theirs, ...others]);
      expect(await open(own, theirs)).toMatchObject({ built: true, embedded: 0 });
      expect(await kind.kept()).toBe(1);
      await own.clear();
      await own.clear();
      expect(await kind.kept()).toBe(0);
    });
  });
});

describe.each(databases)('$name', (kind) => {
  beforeAll(() => kind.start());
  const stores: IndexStore[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });
  const connect = (options?: Parameters<typeof PgvectorStore.connect>[2], url = kind.postgres.url) => {
    const store = PgvectorStore.connect(url, () => undefined, options);
    stores.push(store);
    return store;
  };

  test('many vectors are found by a graph, which the planner takes, with a recall@10 of at least .99', async () => {
    await kind.fresh();
    const db = new Connections(openPool(kind.postgres.url, () => undefined));
    try {
      const d = 32;
      const vectors = randomVectors(2_000, d);
      const { vectors: table } = tablesOf(7);
      await db.transaction(async (run) => {
        await run('CREATE EXTENSION IF NOT EXISTS vector; CREATE SCHEMA isnad');
        await run(createTables(7, d));
        expect(await insertVectors(run, table, [vectors], d)).toBe(2_000);
        await run(createGraph(table));
      });
      const exact = new ExactIndex(vectors, d);
      const indexed = new PgVectors(db.ask, table, 2_000, true);
      const queries = randomVectors(100, d, 7);
      let found = 0;
      for (let q = 0; q < 100; q++) {
        const query = queries.subarray(q * d, (q + 1) * d);
        const truth = new Set((await exact.search(query, 10)).map((n) => n.label));
        found += (await indexed.search(query, 10)).filter((n) => truth.has(n.label)).length;
      }
      expect(found / 1000).toBeGreaterThanOrEqual(0.99);
      const query = queries.subarray(0, d);
      // More than the graph gives, and a few of them: all are compared.
      expect((await indexed.search(query, 1_500)).map((n) => n.label)).toEqual((await exact.search(query, 1_500)).map((n) => n.label));
      const among = [3, 1_999, 40, 7];
      const inOrder = (await exact.search(query, 2_000)).filter(({ label }) => among.includes(label)).map(({ label }) => label);
      expect((await indexed.search(query, 10, among)).map((n) => n.label)).toEqual(inOrder);
      expect((await indexed.search(query, 2, among)).map((n) => n.label)).toEqual(inOrder.slice(0, 2));
      expect(await indexed.search(query, 10, [])).toEqual([]);
      const plan = async (graph: boolean) => {
        const statements = searchSql({ table, graph, query, k: 64 }).replace('SELECT', 'EXPLAIN SELECT');
        return (await db.ask<{ 'QUERY PLAN': string }>(statements)).map((row) => row['QUERY PLAN']).join('\n');
      };
      expect(await plan(true)).toMatch(/Index Scan using vectors_7_embedding_idx/u);
      expect(await plan(false)).not.toContain('vectors_7_embedding_idx');
    } finally {
      await db.close();
    }
  });

  test('from some size on an index has a graph', async () => {
    await kind.fresh();
    const graphs = async () => (await kind.postgres.query(`SELECT FROM pg_indexes WHERE schemaname = 'isnad' AND indexdef LIKE '% USING hnsw %'`)).length;
    const few = connect({ grace: 0 });
    await open(few);
    await few.close();
    stores.length = 0;
    expect(await graphs()).toBe(0);
    const { index } = await open(connect({ graphFrom: 3, grace: 0 }), documents, { force: true });
    expect(await graphs()).toBe(1);
    await expectSame(index, await buildInMemory(documents, encoder));
  });

  test('an index that was replaced answers questions under way for a while', async () => {
    await kind.fresh();
    const own = connect().of('1001');
    const before = await open(own);
    const after = await open(own, report('انهار الجسر مساء الاثنين.'));
    const query = await vectorOf(QUESTION);
    expect(await before.index.vectors.search(query, 9)).toHaveLength(3);
    expect(await kind.kept()).toBe(2);
    await stores.pop()?.close();
    // As if the time were over.
    const later = connect({ grace: 0 }).of('1001');
    expect((await open(later, after.index.documents as Document[])).built).toBe(false);
    expect(await kind.kept()).toBe(1);
  });

  test('a question to an index that is gone says so, and the program builds it anew', async () => {
    await kind.fresh();
    const gone = await open(connect({ grace: 0 }));
    await kind.postgres.query('DROP SCHEMA isnad CASCADE');
    await expect(gone.index.vectors.search(await vectorOf(QUESTION), 3)).rejects.toThrow(DamagedIndex);
    await stores.pop()?.close();
    const seeds = temporaryFolder();
    for (const { source } of documents) writeFileSync(join(seeds, 'report.txt'), source);
    const app = await openApp(testConfig({ SEEDS_DIR: seeds, VECTOR_STORE: 'pgvector', DATABASE_URL: kind.postgres.url }));
    try {
      const answer = await app.answerer.answer(QUESTION);
      expect(answer).toMatchObject({ status: 'answered', citations: [{ passage: 1 }] });
      await kind.postgres.query('DROP SCHEMA isnad CASCADE');
      expect((await app.answerer.answer(QUESTION)).citations).toEqual(answer.citations);
      expect(app.opened.where).toBe('the database');
    } finally {
      await app.close();
    }
  });

  test('a database that is away fails questions and builds politely, and is used again when it is back', async () => {
    await kind.fresh();
    const store = connect({ grace: 0 });
    const { index } = await open(store);
    const query = await vectorOf(QUESTION);
    await kind.postgres.goAway();
    const away = /^The database server of DATABASE_URL (?:can't be reached|failed) \(.+\)\. .* then try again\.$/u;
    await expect(index.vectors.search(query, 3)).rejects.toThrow(away);
    await expect(open(store)).rejects.toThrow(away);
    await expect(store.inspect(documents, encoder.info)).rejects.toThrow(UserError);
    await kind.postgres.comeBack();
    expect(await index.vectors.search(query, 3)).toHaveLength(3);
    expect((await open(store)).built).toBe(false);
    // Lost in the middle of a build, it keeps nothing of it.
    const leaving: Encoder = {
      ...encoder,
      info: encoder.info,
      encode: async (texts, role, onProgress) => {
        await kind.postgres.goAway();
        return encoder.encode(texts, role, onProgress);
      },
    };
    await expect(store.open(report('انهار الجسر ليلا.'), leaving)).rejects.toThrow(away);
    await kind.postgres.comeBack();
    expect(await kind.kept()).toBe(1);
    expect((await open(store, report('انهار الجسر ليلا.'))).embedded).toBe(1);
  });

  test('a newer Isnad is not meddled with', async () => {
    await open(await kind.fresh());
    await kind.postgres.query('INSERT INTO isnad.index_versions (version) VALUES (99)');
    await expect(open(connect())).rejects.toThrow(/^A newer Isnad has kept its indexes in the database \(version 99, this one knows \d+\)\. Update this one/u);
    expect(await kind.kept()).toBe(1);
  });
});

describe.runIf(DATABASE_URL !== undefined)('several processes on one server', () => {
  test('that start at once build an index once', async () => {
    const postgres = await createDatabase(DATABASE_URL ?? '');
    const all = Array.from({ length: 4 }, () => PgvectorStore.connect(postgres.url, () => undefined));
    try {
      const opened = await Promise.all(all.map((store) => open(store)));
      expect(opened.map(({ embedded }) => embedded).sort()).toEqual([0, 0, 0, 3]);
      expect(opened.filter(({ built }) => built)).toHaveLength(1);
      for (const { index } of opened) await expectSame(index, await buildInMemory(documents, encoder));
      const forced = await Promise.all(all.map((store) => open(store, documents, { force: true })));
      expect(forced.every(({ built }) => built)).toBe(true);
    } finally {
      for (const store of all) await store.close();
      await postgres.stop();
    }
  });
});

describe('what is wrong with a database is told in one line, without its password', () => {
  test('a server without pgvector', async () => {
    const postgres = await startPglite(false);
    const store = PgvectorStore.connect(postgres.url, () => undefined);
    await expect(open(store)).rejects.toThrow(/^The database server has no pgvector\. Install it \(.*\), or set VECTOR_STORE=hnswlib\.$/u);
    await store.close();
    await postgres.stop();
  });

  test('no server', async () => {
    const store = PgvectorStore.connect('postgres://isnad:secret@127.0.0.1:9/isnad', () => undefined);
    const error = await open(store).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/^The database server of DATABASE_URL can't be reached \(.*ECONNREFUSED.*\)\. .*\.$/u);
    expect((error as UserError).message).not.toContain('secret');
    await store.close();
  });
});
