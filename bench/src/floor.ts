import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { configuration, graphs, measuring, ROOT } from './isnad.ts';
import type { FloorJob, FloorResult } from './jobs.ts';
import { DIMENSIONS, LAYERS, MODEL, MODEL_FOLDER, PREFIX, WEIGHTS } from './model.ts';

type Runtime = typeof import('onnxruntime-node');
type Transformers = typeof import('@huggingface/transformers');
type Tensor = InstanceType<Runtime['Tensor']>;

/** Padded tokens of a pass. */
const BATCH_TOKENS = 2048;
/** Passages that the reader reads for a question: between a plain and a hard one. */
const READ = 2;
const WARM_UP = 20;

const ofProduct = createRequire(join(ROOT, 'package.json'));

/**
 * What nobody who uses this model can go below: the graphs, run on tokens that are there already, by the same onnxruntime and with the same options.
 */
export async function rawModel(job: FloorJob): Promise<FloorResult> {
  const [{ loadConfig }, { quantile }, { sessionOptions }] = await Promise.all([configuration(), measuring(), graphs()]);
  // The product's own: two versions in one process would share one library.
  const { InferenceSession, Tensor: OrtTensor } = ofProduct('onnxruntime-node') as Runtime;
  const { AutoTokenizer, env } = ofProduct('@xenova/transformers') as Transformers;
  env.allowRemoteModels = false;
  env.localModelPath = MODEL_FOLDER;
  const options = sessionOptions(loadConfig().embedding.threads);
  const onnx = join(MODEL_FOLDER, MODEL, 'onnx');
  const [encoder, remembering, reader] = await Promise.all(
    [WEIGHTS, 'passages.onnx', 'reader.onnx'].map((file) => InferenceSession.create(join(onnx, file), options)),
  );
  if (!encoder || !remembering || !reader) throw new Error('a graph is missing');
  const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
  const idsOf = (text: string) => (tokenizer.encode(text) as number[]).slice(0, 512);
  const batchOf = (texts: readonly (readonly number[])[]) => {
    const longest = Math.max(...texts.map((ids) => ids.length));
    const ids = new BigInt64Array(texts.length * longest).fill(1n);
    const mask = new BigInt64Array(texts.length * longest);
    for (const [row, own] of texts.entries()) {
      for (const [at, id] of own.entries()) {
        ids[row * longest + at] = BigInt(id);
        mask[row * longest + at] = 1n;
      }
    }
    const shape = [texts.length, longest];
    return { input_ids: new OrtTensor('int64', ids, shape), attention_mask: new OrtTensor('int64', mask, shape) };
  };

  const texts = (JSON.parse(await readFile(join(job.passages, 'texts.json'), 'utf8')) as string[]).map((text) => idsOf(PREFIX.passage + text));
  texts.sort((a, b) => a.length - b.length);
  const batches: ReturnType<typeof batchOf>[] = [];
  for (let from = 0, to = 0; from < texts.length; from = to) {
    while (to < texts.length && (to + 1 - from) * (texts[to]?.length ?? 0) <= BATCH_TOKENS) to++;
    to = Math.max(to, from + 1);
    batches.push(batchOf(texts.slice(from, to)));
  }
  const pass = async (graph: typeof encoder) => {
    const begun = performance.now();
    for (const batch of batches) await graph.run(batch);
    return (1000 * texts.length) / (performance.now() - begun);
  };
  await pass(encoder);
  await pass(remembering);
  const [passages, passagesRemembered] = [await pass(encoder), await pass(remembering)];

  // A question and as many passages as are read for one, of all lengths.
  const lots = Array.from({ length: READ }, (_, i) => texts[Math.floor(((i + 0.5) / READ) * texts.length)] ?? []);
  const some = batchOf(lots);
  const kept = await remembering.run(some);
  const [remembered, scaled] = [kept['memory']?.data as Int8Array, kept['scale']?.data as Float32Array];
  const [, longest = 0] = some.attention_mask.dims;
  // Its passages stand one after the other, unpadded.
  const tokens = lots.flatMap((ids, passage) => ids.map((_, at) => ({ passage, at })));
  const width = LAYERS * DIMENSIONS;
  const values = new Int8Array(tokens.length * width);
  const scales = new Float32Array(tokens.length * LAYERS);
  const place = new BigInt64Array(READ * longest);
  for (const [row, { passage, at }] of tokens.entries()) {
    const from = passage * longest + at;
    values.set(remembered.subarray(from * width, (from + 1) * width), row * width);
    scales.set(scaled.subarray(from * LAYERS, (from + 1) * LAYERS), row * LAYERS);
    place[from] = BigInt(row);
  }
  const known = {
    memory: new OrtTensor('int8', values, [tokens.length, LAYERS, DIMENSIONS]),
    scale: new OrtTensor('float32', scales, [tokens.length, LAYERS, 1]),
    memory_mask: some.attention_mask,
    place: new OrtTensor('int64', place, [READ, longest]),
    owner: new OrtTensor(
      'int64',
      BigInt64Array.from(tokens, ({ passage }) => BigInt(passage)),
      [tokens.length],
    ),
    at: new OrtTensor(
      'int64',
      BigInt64Array.from(tokens, ({ at }) => BigInt(at)),
      [tokens.length],
    ),
  };
  const encoded: number[] = [];
  const read: number[] = [];
  const questions = job.questions.map((question) => batchOf([idsOf(PREFIX.query + question)]));
  for (const question of [...questions.slice(0, WARM_UP), ...questions]) {
    const begun = performance.now();
    const { lower_hidden_state } = await encoder.run(question);
    const between = performance.now();
    await reader.run({ question: lower_hidden_state as Tensor, ...known });
    encoded.push(between - begun);
    read.push(performance.now() - between);
  }
  const latency = (times: readonly number[]) => {
    const own = times.slice(Math.min(WARM_UP, questions.length));
    return { p50: quantile(own, 0.5), p95: quantile(own, 0.95), p99: quantile(own, 0.99) };
  };
  return { encoder: latency(encoded), reader: latency(read), passages, passagesRemembered };
}
