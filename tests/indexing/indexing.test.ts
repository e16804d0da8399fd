import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import type { Document } from '../../src/corpus/document.ts';
import { parseReport } from '../../src/corpus/parse.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { ExactIndex } from '../../src/indexing/exact.ts';
import { FolderStore } from '../../src/indexing/folder-store.ts';
import { HnswIndex } from '../../src/indexing/hnsw.ts';
import { LexicalIndex } from '../../src/indexing/lexical.ts';
import { INDEX_FILES, MANIFEST_FILE } from '../../src/indexing/manifest.ts';
import { DamagedIndex, type KeptText, openTexts, StoredTexts, TextsInMemory } from '../../src/indexing/texts.ts';
import { TEXTS_FILES, TextsFile, TextsWriter } from '../../src/indexing/texts-file.ts';
import { quantized } from '../../src/indexing/token-states.ts';
import { terms } from '../../src/text/words.ts';
import { mayMount, temporaryFolder, testConfig } from '../support/app.ts';
import { randomVectors } from '../support/vectors.ts';

describe('HNSW against the exact index', () => {
  test('recall@10 of at least .99 over 2,000 vectors', async () => {
    const d = 32;
    const vectors = randomVectors(2_000, d);
    const hnsw = await HnswIndex.build([vectors], d);
    const exact = new ExactIndex(vectors, d);
    const queries = randomVectors(100, d, 7);
    let found = 0;
    for (let q = 0; q < 100; q++) {
      const query = queries.subarray(q * d, (q + 1) * d);
      const truth = new Set((await exact.search(query, 10)).map((n) => n.label));
      found += (await hnsw.search(query, 10)).filter((n) => truth.has(n.label)).length;
    }
    expect(found / 1000).toBeGreaterThanOrEqual(0.99);
  });

  test('small indexes agree to the last place, whatever k', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.nat(60), fc.integer({ min: 1, max: 1e6 }), async (count, k, seed) => {
        const vectors = randomVectors(count, 8, seed);
        const query = randomVectors(1, 8, seed + 1);
        const hnsw = await (await HnswIndex.build([vectors], 8)).search(query, k);
        const exact = await new ExactIndex(vectors, 8).search(query, k);
        expect(hnsw.map((n) => n.label)).toEqual(exact.map((n) => n.label));
        for (const [i, n] of hnsw.entries()) expect(n.cosine).toBeCloseTo(exact[i]?.cosine ?? 0, 5);
      }),
      { numRuns: 50 },
    );
  });
});

describe('BM25', () => {
  type Passage = Parameters<typeof LexicalIndex.build>[0][number];

  /** The formula over strings, term by term. */
  function plain(passages: readonly Passage[], question: string): number[] {
    const scores = passages.map(() => 0);
    for (const texts of [passages.map(({ text }) => text), passages.map(({ translation = '' }) => translation)]) {
      const docs = texts.map((text) => terms(text));
      const length = (doc: readonly string[]) => new Set(doc).size;
      const average = docs.reduce((total, doc) => total + length(doc), 0) / docs.length;
      for (const term of terms(question)) {
        const n = docs.filter((doc) => doc.includes(term)).length;
        const idf = Math.log(1 + (docs.length - n + 0.5) / (n + 0.5));
        for (const [label, doc] of docs.entries()) {
          const f = doc.filter((t) => t === term).length;
          if (f > 0) scores[label] = (scores[label] ?? 0) + (idf * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * length(doc)) / average));
        }
      }
    }
    return scores;
  }

  /** The index as built, and as read from its bytes wherever they lie. */
  async function builtAndRead(passages: readonly Passage[]): Promise<LexicalIndex[]> {
    const built = await LexicalIndex.build(passages);
    return [built, LexicalIndex.parse(built.bytes()), LexicalIndex.parse(Buffer.concat([Buffer.of(0), built.bytes()]).subarray(1))];
  }

  async function expectFormula(passages: readonly Passage[], question: string): Promise<void> {
    const expected = plain(passages, question);
    for (const index of await builtAndRead(passages)) {
      const scores = index.search(question);
      for (const [label, score] of expected.entries()) expect(Math.abs(scores.of(label) - score)).toBeLessThanOrEqual(1e-12 * score);
    }
  }

  const passage = (text: string, translation?: string): Passage => ({ text, translation });
  const some = ['قصفت الميليشيات القاعدة الأميركية', 'الميليشيات انسحبت', 'طائرات فوق القاعدة والقاعدة', 'The base burned'].map((text) => passage(text));

  test.each(['من قصف القاعده؟', 'ميليشيات', 'burning bases', 'القاعدة وطائرات الميليشيات', 'قاعدة في قاعدة'])(
    'is the formula, on folded and stemmed terms: %s',
    async (question) => {
      await expectFormula(some, question);
      expect((await LexicalIndex.build(some)).search(question).best(4)).not.toEqual([]);
    },
  );

  const text = fc.array(fc.constantFrom('حقل', 'الحقول', 'حَقْل', 'نفط', 'قصف', 'في', 'من', 'Omar', 'field', 'fields', 'the', '2024', '٢٠٢٤', '،'), {
    maxLength: 12,
  });
  const sentence = text.map((words) => words.join(' '));
  const passages = fc.array(fc.record({ text: sentence, translation: fc.option(sentence, { nil: undefined }) }), { maxLength: 40 });

  test('is the formula for any texts, with translations and without, and any question, repeats counted', async () => {
    await fc.assert(
      fc.asyncProperty(passages, sentence, (all, question) => expectFormula(all, question)),
      { numRuns: 200 },
    );
  });

  test('the best are those of all hits, however many are asked for, equal ones by label', async () => {
    await fc.assert(
      fc.asyncProperty(passages, sentence, fc.nat(60), async (all, question, k) => {
        for (const index of await builtAndRead(all)) {
          const scores = index.search(question);
          const hits = all.map((_, label) => ({ label, score: scores.of(label) })).filter(({ score }) => score > 0);
          expect(scores.best(k)).toEqual(hits.sort((a, b) => b.score - a.score || a.label - b.label).slice(0, k));
        }
      }),
      { numRuns: 200 },
    );
    const alike = (await LexicalIndex.build(Array.from({ length: 9 }, () => passage('حقل العمر')))).search('العمر');
    expect(alike.best(4).map(({ label }) => label)).toEqual([0, 1, 2, 3]);
  });

  test('any frequency survives being written and read', async () => {
    for (const times of [1, 255, 256, 65_535, 65_536]) await expectFormula([passage('حقل '.repeat(times)), passage('حقل العمر', 'field')], 'حقل');
  });

  test('a question without content words, or of none that is there, finds nothing; nor does any in an empty index', async () => {
    for (const index of await builtAndRead(some)) for (const question of ['', 'من هو؟', '؟!', 'زيتون']) expect(index.search(question).best(32)).toEqual([]);
    for (const index of [...(await builtAndRead([])), ...(await builtAndRead([passage('في'), passage('')]))]) {
      expect(index.search('العمر').best(32)).toEqual([]);
      expect(index.search('العمر').of(0)).toBe(0);
    }
  });

  test('what one question found stays when others are asked', async () => {
    const index = await LexicalIndex.build(some);
    const first = index.search('ميليشيات');
    const before = first.best(4);
    index.search('القاعدة');
    expect(first.best(4)).toEqual(before);
  });

  test('others have their turn while it is built', async () => {
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    await LexicalIndex.build(Array.from({ length: 3_000 }, (_, i) => passage(Array.from({ length: 40 }, (_, k) => `كلمة${(i * 41 + k) % 9_973}`).join(' '))));
    clearInterval(others);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('texts', () => {
  const d = 16;
  const memory = (start: number, tokens: number) => ({
    start,
    scales: Float32Array.from({ length: tokens * 4 }, (_, k) => k / 7 + start),
    values: Int8Array.from({ length: tokens * 4 * d }, (_, k) => (k * 37 + start) % 127),
  });
  const encoded = [3, 0, 5].map((tokens, i) => ({ states: randomVectors(tokens, d, i + 10), spans: Uint32Array.from({ length: 2 * tokens }, (_, k) => k) }));
  const memories = [[memory(0, 3)], [], [memory(0, 5), memory(4, 2)]];
  const kept = encoded.map((text, i) => ({ states: quantized(text, d), memories: memories[i] ?? [] }));

  /** Writes them, the last one first. */
  async function written(): Promise<string> {
    const folder = temporaryFolder();
    const writer = await TextsWriter.create(folder, kept.length);
    for (const text of [2, 0, 1]) await writer.add(text, kept[text] as KeptText);
    await writer.finish();
    return folder;
  }

  test('a cosine in one byte a number is off by less than 0.01', () => {
    const query = randomVectors(1, d, 99);
    for (const [text, { states: exact }] of encoded.entries()) {
      for (let t = 0; t < exact.length / d; t++) {
        const cosine = exact.subarray(t * d, (t + 1) * d).reduce((sum, x, k) => sum + x * (query[k] ?? 0), 0);
        const { values, scales } = kept[text]?.states ?? { values: new Int8Array(), scales: new Float32Array() };
        const rounded = values.subarray(t * d, (t + 1) * d).reduce((sum, x, k) => sum + x * (query[k] ?? 0), 0) * (scales[t] ?? 0);
        expect(Math.abs(rounded - cosine)).toBeLessThan(0.01);
      }
    }
  });

  test('survive being written and read, in any order and more than once; in memory too', async () => {
    const memory = new TextsInMemory();
    for (const [text, own] of kept.entries()) memory.add(text, own);
    const folder = await written();
    for (const texts of [new StoredTexts(await TextsFile.open(folder), d), await openTexts(await TextsFile.open(folder), d), memory]) {
      expect(texts.size).toBe(3);
      for (const order of [[0, 1, 2], [2, 0, 2], []]) {
        expect(await texts.states(order)).toEqual(order.map((text) => kept[text]?.states));
        expect(await texts.memories(order)).toEqual(order.map((text) => kept[text]?.memories));
      }
    }
  });

  test('a folder that is moved or removed does not take them from whoever has opened it', async () => {
    const folder = await written();
    const texts = new StoredTexts(await TextsFile.open(folder), d);
    rmSync(folder, { recursive: true });
    expect(await texts.states([2])).toEqual([kept[2]?.states]);
  });

  test('any damage is found when a record is read, and to few texts when they are opened', async () => {
    const folder = await written();
    const file = join(folder, TEXTS_FILES.records);
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      writeFileSync(file, damaged);
      await expect(openTexts(await TextsFile.open(folder), d)).rejects.toThrow(DamagedIndex);
      const stored = await TextsFile.open(folder);
      const texts = new StoredTexts(stored, d);
      await expect(Promise.all([texts.states([0, 1, 2]), texts.memories([0, 1, 2])])).rejects.toThrow(DamagedIndex);
      stored.close();
    }
    writeFileSync(file, bytes.subarray(0, -1));
    await expect(openTexts(await TextsFile.open(folder), d)).rejects.toThrow(DamagedIndex);
  });
});

describe('the index folder', () => {
  const config = testConfig();
  let encoder: Encoder;
  const report = (text: string): Document[] => [parseReport('report', `انهيار جسر قديم في المدينة\n\n${text}\n\nأغلقت الشرطة الطريق حتى المساء.`)];
  const documents = report('انهار الجسر فجر الأحد بعد فيضان النهر.');
  beforeAll(async () => {
    encoder = await loadEncoder(config);
  });
  afterAll(() => encoder.close());

  async function open(folder: string, docs = documents, force = false) {
    const notices: string[] = [];
    const opened = await new FolderStore(folder).open(docs, encoder, { force, onNotice: (line) => notices.push(line) });
    return { ...opened, notices };
  }

  test('nothing is taken over from an index that is damaged', async () => {
    const folder = temporaryFolder();
    const { where } = await open(folder);
    writeFileSync(join(where, TEXTS_FILES.records), '');
    expect((await open(folder, report('انهار الجسر ليلا.'))).embedded).toBe(3);
  });

  test('the oldest is the one that was changed first', async () => {
    const folder = temporaryFolder();
    const before = await open(folder);
    const after = await open(folder, report('انهار الجسر مساء الاثنين بعد فيضان النهر.'));
    expect(after.where).not.toBe(before.where);
    utimesSync(before.where, new Date(0), new Date(0));
    for (const hour of [1, 2, 3, 4]) await open(folder, report(`انهار الجسر بعد ${hour} ساعات.`));
    expect(existsSync(after.where)).toBe(true);
    expect(existsSync(before.where)).toBe(false);
  });

  test("of a server's own, what a start left that was interrupted before it could tidy goes with the next", async () => {
    const store = new FolderStore(temporaryFolder()).of('1001');
    const { where } = await store.open(documents, encoder);
    const left = join(store.where, '0123456789abcdef');
    cpSync(where, left, { recursive: true });
    expect((await store.open(documents, encoder)).built).toBe(false);
    expect(readdirSync(store.where)).toEqual([basename(where)]);
    await store.clear();
    expect(existsSync(store.where)).toBe(false);
  });

  test.each([...Object.values(INDEX_FILES), TEXTS_FILES.records, MANIFEST_FILE])('damage to %s is named in one line and mended', async (file) => {
    const folder = temporaryFolder();
    const { where: home } = await open(folder);
    const bytes = readFileSync(join(home, file));
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
    const damages: (() => void)[] = [
      () => writeFileSync(join(home, file), flipped),
      () => writeFileSync(join(home, file), bytes.subarray(0, bytes.length / 2)),
      () => writeFileSync(join(home, file), ''),
      () => rmSync(join(home, file)),
    ];
    for (const damage of damages) {
      damage();
      const mended = await open(folder);
      expect(mended.notices).toEqual([expect.stringMatching(/^The index in .* is damaged \(.*\); it is built anew\.$/u)]);
      expect((await open(folder)).built).toBe(false);
    }
  });

  test('what an interrupted build left is never opened, and cleared away once it is old', async () => {
    const folder = temporaryFolder();
    const { where: home } = await open(folder);
    const left = join(folder, '.building-0123456789ab');
    cpSync(home, left, { recursive: true });
    const fresh = join(folder, '.building-ffffffffffff');
    mkdirSync(fresh);
    utimesSync(left, new Date(0), new Date(0));
    rmSync(home, { recursive: true });
    expect((await open(folder)).built).toBe(true);
    expect(existsSync(left)).toBe(false);
    expect(existsSync(fresh)).toBe(true);
  });

  test('several builds at once all answer, and one sound index is left', async () => {
    const folder = temporaryFolder();
    const all = await Promise.all([1, 2, 3, 4].map(() => open(folder, documents, true)));
    for (const { index } of all) expect(index.passages).toHaveLength(3);
    expect((await open(folder)).built).toBe(false);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toHaveLength(1);
  });

  test('a folder that can not be written is named with the way out', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(open(join(file, 'index'))).rejects.toThrow(/The index can't be written to .* \(ENOTDIR\)\. Free space or make it writable, or set INDEX_DIR/u);
  });

  test.runIf(mayMount())(
    'a full disk is told, leaves nothing behind, and is mended by room; a read-only one is enough for an index that is there',
    async () => {
      const disk = temporaryFolder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]);
      try {
        await expect(open(disk)).rejects.toThrow(/The index can't be written to .* \(ENOSPC\)\. Free space/u);
        expect(readdirSync(disk)).toEqual([]);
        execFileSync('mount', ['-o', 'remount,size=8m', disk]);
        expect((await open(disk)).built).toBe(true);
        execFileSync('mount', ['-o', 'remount,ro', disk]);
        expect((await open(disk)).built).toBe(false);
        await expect(open(disk, report('انهار الجسر ليلا.'))).rejects.toThrow(/\(EROFS\)/u);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );

  test.runIf(existsSync('/proc'))('nor does a folder that takes none keep it waiting for ever', async () => {
    await expect(open('/proc/isnad/index')).rejects.toThrow(/The index can't be written to \/proc\/isnad\/index \(ENOENT\)/u);
  });
});
