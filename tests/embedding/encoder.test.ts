import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import type { Encoded, Encoder, Reading } from '../../src/embedding/encoder.ts';
import { bestSpan } from '../../src/embedding/graphs.ts';
import { TransformersEncoder } from '../../src/embedding/transformers-encoder.ts';
import { windows } from '../../src/embedding/windows.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder, testConfig, withoutReader } from '../support/app.ts';

const config = testConfig();
const MODEL = config.embedding.model;
const options = { ...config.embedding, cacheFolder: temporaryFolder(), hub: undefined };
/** First components of the vector of one question, as the model card gives them. */
const CHECK_VALUES = [0.10851, -0.06462, -0.02173, -0.07978];
/** Eight-bit kernels of other processors round differently: .0023 apart was seen, with the same recall. */
const ROUNDING = 0.005;
let encoder: Encoder;
beforeAll(async () => {
  encoder = await loadEncoder(config);
});
afterAll(() => encoder.close());

const norm = (vector: Float32Array) => Math.hypot(...vector);

describe('the shipped model', () => {
  test('gives the check values of its README', async () => {
    const [encoded] = await encoder.encode(['متى قصفت القاعدة الأميركية؟'], 'query');
    for (const [i, value] of CHECK_VALUES.entries()) expect(Math.abs((encoded?.vectors[i] ?? 0) - value)).toBeLessThan(ROUNDING);
  });

  test('knows Arabic and English', () => expect(encoder.info.languages).toEqual(['ar', 'en']));

  test('one pass gives a unit vector and a unit state for each token, with the span of its word', async () => {
    const text = '  حقل  العمر.';
    const [encoded] = await encoder.encode([text], 'passage');
    const d = encoder.info.dimensions;
    expect(norm(encoded?.vectors ?? new Float32Array())).toBeCloseTo(1, 5);
    const spans = [...(encoded?.spans ?? [])];
    expect(spans).toHaveLength((2 * (encoded?.states.length ?? 0)) / d);
    for (let t = 0; t < spans.length / 2; t++) {
      expect(norm(encoded?.states.subarray(t * d, (t + 1) * d) ?? new Float32Array())).toBeCloseTo(1, 4);
      expect(['حقل', 'العمر.']).toContain(text.slice(spans[2 * t], spans[2 * t + 1]));
    }
  });

  test('a text means the same alone and in a batch of others, in the order they came', async () => {
    const texts = ['قصير', 'نص أطول بكثير من غيره '.repeat(12), '', 'The base', 'قصير'];
    const together = await encoder.encode(texts, 'passage');
    for (const [i, text] of texts.entries()) {
      const [alone] = await encoder.encode([text], 'passage');
      const cosine = together[i]?.vectors.reduce((sum, x, k) => sum + x * (alone?.vectors[k] ?? 0), 0);
      expect(cosine).toBeGreaterThan(0.999);
      expect(together[i]?.states.length).toBe(alone?.states.length);
    }
    expect(together[2]?.states).toHaveLength(0);
  });

  test('a passage beyond the limit has several windows and loses no token; a question is cut', async () => {
    const long = Array.from({ length: 1500 }, (_, i) => `كلمة${i}`).join(' ');
    const [passage] = await encoder.encode([long], 'passage');
    const [question] = await encoder.encode([long], 'query');
    const d = encoder.info.dimensions;
    expect((passage?.vectors.length ?? 0) / d).toBeGreaterThan(2);
    expect(passage?.spans.at(-1)).toBe(long.length);
    expect((question?.vectors.length ?? 0) / d).toBe(1);
    expect((question?.states.length ?? 0) / d).toBeLessThan(encoder.info.maxTokens);
  });

  test('hostile text is encoded like any other', async () => {
    const texts = ['\ud800', '\u202e\u0000\u200b', '😀😀', 'ﷺ', 'a'.repeat(10_000)];
    for (const encoded of await encoder.encode(texts, 'passage')) expect(norm(encoded.vectors.subarray(0, encoder.info.dimensions))).toBeCloseTo(1, 4);
  });

  test('the main thread stays free while it works', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await encoder.encode(new Array<string>(64).fill('نص من كلمات كثيرة يطول ويطول '.repeat(20)), 'passage');
    clearInterval(timer);
    // Forward passes on this thread would leave it a turn between two of them: 64 at most.
    expect(turns).toBeGreaterThan(300);
  });
});

describe('the reader', () => {
  const passages = [
    'أعلنت وزارة الصحة أن وباء الكوليرا أصاب اثنين وأربعين شخصا في المخيم.',
    'وقال مدير الميناء سالم العلي إن العاصفة أغلقت ثلاثة جسور يوم الأربعاء.',
    'وتوقفت الدراسة في المدارس أسبوعا كاملا بسبب الأمطار.',
  ];
  const questions = [
    { text: 'متى أغلقت الجسور؟', gold: 1, answer: 'يوم الأربعاء' },
    { text: 'How many people caught the disease?', gold: 0, answer: 'اثنين وأربعين شخصا' },
  ];
  const textOf = (passage: string, encoded: Encoded | undefined, answer: Reading['answer']) =>
    answer && passage.slice(encoded?.spans[2 * answer.first], encoded?.spans[2 * answer.last + 1]);

  test.each(questions)('finds the passage that answers and the words that do: $text', async ({ text, gold, answer }) => {
    const encoded = await encoder.encode(passages, 'passage');
    const [question] = await encoder.encode([text], 'query');
    const readings = await encoder.read(
      question?.lower ?? new Float32Array(),
      encoded.flatMap(({ memories }) => memories),
    );
    const relevance = readings.map((reading) => reading.relevance);
    expect(relevance.indexOf(Math.max(...relevance))).toBe(gold);
    expect(textOf(passages[gold] ?? '', encoded[gold], readings[gold]?.answer)).toContain(answer.split(' ').at(-1));
  });

  test('knows a question that nothing answers, though it asks about what is told', async () => {
    const encoded = await encoder.encode(passages, 'passage');
    const memories = encoded.flatMap((e) => e.memories);
    const best = async (text: string) => {
      const [question] = await encoder.encode([text], 'query');
      return Math.max(...(await encoder.read(question?.lower ?? new Float32Array(), memories)).map((reading) => reading.relevance));
    };
    expect(await best('ما اسم وزير الصحة؟')).toBeLessThan(await best('كم شخصا أصابت الكوليرا؟'));
    expect(await best('وصفة الكبسة')).toBeLessThan(0);
  });

  test('a passage is read the same alone and beside longer ones', async () => {
    const encoded = await encoder.encode([...passages, passages.join(' ').repeat(3)], 'passage');
    const [question] = await encoder.encode(['متى أغلقت الجسور؟'], 'query');
    const lower = question?.lower ?? new Float32Array();
    const together = await encoder.read(
      lower,
      encoded.flatMap((e) => e.memories),
    );
    for (const [i, { memories }] of encoded.entries()) {
      const [alone] = await encoder.read(lower, memories);
      expect(alone?.relevance).toBeCloseTo(together[i]?.relevance ?? Number.NaN, 0);
      expect(alone?.answer).toEqual(together[i]?.answer);
    }
  });

  test('a passage beyond the limit has a memory for each window, and answers are placed in the passage', async () => {
    const long = `${Array.from({ length: 900 }, (_, i) => `كلمة${i}`).join(' ')} وقال مدير الميناء إن العاصفة أغلقت ثلاثة جسور يوم الأربعاء.`;
    const [encoded] = await encoder.encode([long], 'passage');
    const [question] = await encoder.encode(['متى أغلقت الجسور؟'], 'query');
    expect(encoded?.memories.length).toBe((encoded?.vectors.length ?? 0) / encoder.info.dimensions);
    const last = encoded?.memories.at(-1);
    const [reading] = await encoder.read(question?.lower ?? new Float32Array(), last ? [last] : []);
    expect(textOf(long, encoded, reading?.answer)).toContain('الأربعاء');
  });

  test('the best span is that of the highest sum, as trying every one finds', () => {
    const logits = fc
      .array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 120 })
      .map((x) => Float32Array.from(x.slice(0, x.length & ~1)));
    fc.assert(
      fc.property(logits, (flat) => {
        const sums: number[] = [];
        for (let i = 0; i < flat.length; i += 2) for (let j = i; j < Math.min(flat.length, i + 80); j += 2) sums.push((flat[i] ?? 0) + (flat[j + 1] ?? 0));
        const span = bestSpan(flat);
        expect((flat[2 * (span?.first ?? 0)] ?? 0) + (flat[2 * (span?.last ?? 0) + 1] ?? 0)).toBe(Math.max(...sums));
      }),
    );
    expect(bestSpan(new Float32Array(0))).toBeUndefined();
  });
});

describe('windows', () => {
  test('cover every token once, none longer than the limit', () => {
    const sizes = fc.record({ length: fc.nat(5000), size: fc.integer({ min: 20, max: 600 }), overlap: fc.integer({ min: 0, max: 15 }) });
    fc.assert(
      fc.property(sizes, ({ length, size, overlap }) => {
        let kept = 0;
        for (const w of windows(length, size, overlap)) {
          expect(w.end - w.start).toBeLessThanOrEqual(size);
          expect(w.keepStart).toBe(kept);
          expect(w.keepStart).toBeGreaterThanOrEqual(w.start);
          expect(w.keepEnd).toBeLessThanOrEqual(w.end);
          kept = w.keepEnd;
        }
        expect(kept).toBe(length);
      }),
    );
  });
});

describe('other models', () => {
  test('a folder that is not there, has no weights or is damaged is named with the way out', async () => {
    await expect(TransformersEncoder.load({ ...options, model: join(temporaryFolder(), 'none') })).rejects.toThrow(
      /There is no model folder .* Set EMBEDDING_MODEL/u,
    );
    const copy = join(temporaryFolder(), 'copy');
    cpSync(MODEL, copy, { recursive: true });
    rmSync(join(copy, 'onnx'), { recursive: true });
    await expect(TransformersEncoder.load({ ...options, model: copy })).rejects.toThrow(/has no onnx\/model_quantized\.onnx/u);
    rmSync(join(copy, 'SHA256SUMS'));
    writeFileSync(join(copy, 'isnad.json'), '{"pooling":"max"}');
    await expect(TransformersEncoder.load({ ...options, model: copy })).rejects.toThrow(/isnad\.json of the model copy: pooling/u);
    writeFileSync(join(copy, 'isnad.json'), '{"languages":["ar","English"]}');
    await expect(TransformersEncoder.load({ ...options, model: copy })).rejects.toThrow(/isnad\.json of the model copy: languages\.1/u);
  });

  test.each(['onnx/reader.weights', 'tokenizer.json', 'isnad.json'])(
    'one bit flipped in %s is told; so is a list of checksums that is damaged itself',
    async (file) => {
      const copy = join(temporaryFolder(), 'copy');
      cpSync(MODEL, copy, { recursive: true });
      const bytes = readFileSync(join(copy, file));
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      writeFileSync(join(copy, file), bytes);
      await expect(TransformersEncoder.load({ ...options, model: copy })).rejects.toThrow(
        new UserError(
          `${join(copy, file)} is damaged: it is not what SHA256SUMS says. Restore the model folder; if you changed it, write its new checksum there.`,
        ),
      );
      writeFileSync(join(copy, 'SHA256SUMS'), 'no checksum at all\n');
      await expect(TransformersEncoder.load({ ...options, model: copy })).rejects.toThrow(/SHA256SUMS is damaged\. Restore the model folder/u);
    },
  );

  test('a model without a reader says so and reads nothing', async () => {
    const plain = await TransformersEncoder.load({ ...options, model: withoutReader() });
    expect(plain.info.reader).toBe(false);
    const [encoded] = await plain.encode(['حقل العمر'], 'passage');
    expect(encoded).toMatchObject({ memories: [], lower: { length: 0 } });
    await expect(plain.read(new Float32Array(384), [])).rejects.toThrow(/has no reader/u);
    await plain.close();
  });

  test('a hub id is refused unless downloads are allowed', async () => {
    await expect(TransformersEncoder.load({ ...options, model: 'Xenova/multilingual-e5-small' })).rejects.toThrow(/EMBEDDING_ALLOW_DOWNLOAD=true/u);
  });

  test('a hub id is downloaded once, with progress, and works without isnad.json', async () => {
    const asked: string[] = [];
    const hub = createServer((request, response) => {
      const path = /^\/test\/e5-copy\/resolve\/main\/(.+)$/u.exec(request.url ?? '')?.[1] ?? '';
      asked.push(path);
      if (!['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'].includes(path)) return response.writeHead(404).end();
      const data = readFileSync(join(MODEL, path));
      return response.writeHead(200, { 'content-length': data.length }).end(data);
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    const cacheFolder = temporaryFolder();
    const remote = { ...options, cacheFolder, model: 'test/e5-copy', hub: `http://127.0.0.1:${(hub.address() as AddressInfo).port}/` };
    const seen = new Set<string>();
    const downloaded = await TransformersEncoder.load(remote, (file) => seen.add(file));
    const [encoded] = await downloaded.encode(['متى قصفت القاعدة الأميركية؟'], 'query');
    expect(downloaded.info.languages).toBeUndefined();
    await downloaded.close();
    expect(Math.abs((encoded?.vectors[0] ?? 0) - (CHECK_VALUES[0] ?? 0))).toBeLessThan(ROUNDING);
    expect(seen).toContain('onnx/model_quantized.onnx');
    const requests = asked.length;
    const again = await TransformersEncoder.load(remote);
    await again.close();
    expect(asked.slice(requests)).not.toContain('onnx/model_quantized.onnx');
    hub.close();
    hub.closeAllConnections();
  });

  test('closed in the middle of its work, it ends after the pass under way and rejects what waits', async () => {
    const other = await loadEncoder(config);
    const waiting = Array.from({ length: 20 }, (_, i) => other.encode([`سؤال ${i}`], 'query'));
    const settled = Promise.allSettled(waiting);
    await waiting[0];
    await other.close();
    const outcomes = await settled;
    expect(outcomes[0]?.status).toBe('fulfilled');
    expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { message: 'The encoder was closed.' } });
  });

  test('after it is closed, a call rejects', async () => {
    const other = await loadEncoder(config);
    await other.close();
    await expect(other.encode(['x'], 'query')).rejects.toThrow(/closed/u);
    expect(await other.ended).toBe('The encoder was closed.');
  });
});
