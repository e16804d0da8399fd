import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { parseReport } from '../../src/corpus/parse.ts';
import { buildInMemory } from '../../src/indexing/build.ts';
import { ExactIndex } from '../../src/indexing/exact.ts';
import { HnswIndex } from '../../src/indexing/hnsw.ts';
import { type BuiltIndex, labelsOf } from '../../src/indexing/report-index.ts';
import { unionOf } from '../../src/indexing/union.ts';
import { retrieve } from '../../src/retrieval/retriever.ts';
import { testConfig } from '../support/app.ts';

const FLOOD = parseReport('flood', 'انهيار جسر قديم\n\nانهار الجسر فجر الأحد بعد فيضان النهر.\n\nتوقفت الدراسة ثلاثة أسابيع.');
const FIRE = parseReport(
  'fire',
  'Fire in the market\n\nThe fire began in a bakery at dawn.\n\nNobody was hurt, said the mayor.\n\nالقاعدة الأولى هي السلامة، قال رئيس البلدية.',
);
const QUESTIONS = ['متى انهار الجسر؟', 'Where did the fire begin?', 'من قصف القاعدة؟', 'ماذا قال البيت الأبيض عن قرار بايدن؟', 'Who was hurt?'];

let app: App;
let parts: BuiltIndex[];
let together: BuiltIndex;

beforeAll(async () => {
  app = await openApp(testConfig());
  const lots = [[FLOOD], app.opened.index.documents, [FIRE]];
  parts = await Promise.all(lots.map((documents) => buildInMemory(documents, app.encoder)));
  together = await buildInMemory(lots.flat(), app.encoder);
});

afterAll(() => app.close());

describe('several indexes as one', () => {
  test.each(QUESTIONS)('find and rank as one index of all does: %s', async (question) => {
    const [united, one] = [await retrieve(question, unionOf(parts), app.encoder), await retrieve(question, together, app.encoder)];
    expect(united.ranked.map(({ label, passage }) => [label, passage.text])).toEqual(one.ranked.map(({ label, passage }) => [label, passage.text]));
    for (const [i, { dense, lexical, late, translation, score }] of united.ranked.entries()) {
      const other = one.ranked[i];
      for (const [a, b] of [
        [dense, other?.dense],
        [lexical, other?.lexical],
        [late, other?.late],
        [translation ?? 0, other?.translation ?? 0],
        [score, other?.score],
      ]) {
        expect(a).toBeCloseTo(b ?? Number.NaN, 3);
      }
    }
  });

  test('hold the same passages, texts and vectors, each under its own number', async () => {
    const union = unionOf(parts);
    expect(union.documents).toEqual(together.documents);
    expect(union.passages).toEqual(together.passages);
    expect(union.translations).toEqual(together.translations);
    expect(union.texts.size).toBe(together.texts.size);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(union.texts.size - 1), { maxLength: 12 }), async (texts) => {
        const spans = async (index: typeof union) => (await index.texts.states(texts)).map((states) => [...states.spans]);
        expect(await spans(union)).toEqual(await spans(together));
        expect(await union.texts.memories(texts)).toHaveLength(texts.length);
      }),
      { numRuns: 30 },
    );
  });

  test('of one part are that part', async () => {
    const [flood] = parts;
    if (!flood) throw new Error('no part');
    const ranked = async (index: Parameters<typeof retrieve>[1]) => (await retrieve('متى انهار الجسر؟', index, app.encoder)).ranked.map(({ score }) => score);
    expect(await ranked(unionOf([flood]))).toEqual(await ranked(flood));
  });
});

describe('within one report', () => {
  test('only its passages are found, all of them, with the cosines they have', async () => {
    const union = unionOf(parts);
    for (const document of union.documents) {
      const { ranked } = await retrieve('ماذا قال رئيس البلدية عن القاعدة؟', union, app.encoder, { within: document });
      const all = await retrieve('ماذا قال رئيس البلدية عن القاعدة؟', union, app.encoder);
      expect(new Set(ranked.map((passage) => passage.document))).toEqual(new Set([document]));
      const { start, end } = labelsOf(document, union);
      expect(ranked.map(({ label }) => label).sort((a, b) => a - b)).toEqual(Array.from({ length: end - start }, (_, i) => start + i));
      for (const { label, dense, lexical } of ranked) {
        const same = all.ranked.find((passage) => passage.label === label);
        if (same) expect(lexical).toBe(same.lexical);
        if (same) expect(dense).toBeCloseTo(same.dense, 5);
      }
    }
  });

  test('a search among some vectors is exact, whatever they are', async () => {
    const d = 8;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9 * d, maxLength: 9 * d }),
        fc.uniqueArray(fc.nat(7), { maxLength: 8 }),
        fc.nat(9),
        async (numbers, among, k) => {
          const all = Float32Array.from(numbers);
          const [vectors, query] = [all.subarray(0, 8 * d), all.subarray(8 * d)];
          const [hnsw, exact] = [await HnswIndex.build([vectors], d), new ExactIndex(vectors, d)];
          const expected = (await exact.search(query, 8)).filter(({ label }) => among.includes(label)).slice(0, k);
          expect(await hnsw.search(query, k, among)).toEqual(expected);
          expect(await exact.search(query, k, among)).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});
