/** One job, one process: is told which, sends its result. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { timeOfEmbedding } from './clock.ts';
import { composeVectors } from './compose.ts';
import { unfinishedFolder } from './files.ts';
import { rawModel } from './floor.ts';
import { measuring } from './isnad.ts';
import type {
  BuildJob,
  BuildResult,
  ColdJob,
  ColdResult,
  Job,
  Latency,
  Named,
  QualityJob,
  QualityResult,
  RecallJob,
  RecallResult,
  ServeJob,
  ServeResult,
} from './jobs.ts';
import { DIMENSIONS } from './model.ts';
import type { Passages, Peer, Searcher } from './peer.ts';
import { PEERS } from './peers.ts';
import { readPublic } from './public-sets.ts';

/** Questions before the clock runs. */
const WARM_UP = 20;
/** Questions that wait at a time where throughput is measured. */
const AT_A_TIME = 8;
/** Questions of a passage that are asked once more without it. */
const TAKEN = 2;

/** What a folder holds, read when it is asked for: of what a peer does not need, nothing is in its memory. */
function passagesOf({ passages, given }: { readonly passages: string; readonly given: boolean }): Passages {
  let texts: readonly string[] | undefined;
  let vectors: readonly Float32Array[] | undefined;
  return {
    language: 'ar',
    composedIn: given ? passages : undefined,
    get texts() {
      texts ??= JSON.parse(readFileSync(join(passages, 'texts.json'), 'utf8')) as string[];
      return texts;
    },
    get vectors() {
      if (given) vectors ??= vectorsIn(join(passages, 'vectors.f32'));
      return vectors;
    },
  };
}

function vectorsIn(file: string): Float32Array[] {
  const bytes = readFileSync(file);
  return Array.from({ length: bytes.length / (4 * DIMENSIONS) }, (_, i) => {
    const own = new Float32Array(DIMENSIONS);
    new Uint8Array(own.buffer).set(bytes.subarray(4 * DIMENSIONS * i, 4 * DIMENSIONS * (i + 1)));
    return own;
  });
}

async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return sum;
}

async function latency(times: readonly number[]): Promise<Latency> {
  const { quantile } = await measuring();
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) };
}

function named({ name, what, embeds }: Peer): Named {
  return { name, what, embeds };
}

async function build(job: BuildJob): Promise<BuildResult> {
  const peer = await PEERS[job.peer]();
  const passages = passagesOf(job);
  // Read before the clock runs.
  if (passages.texts.length === 0 || passages.vectors?.length === 0) throw new Error('There are no passages.');
  // Under another name until it is whole: a folder that is there holds all of an index.
  const unfinished = unfinishedFolder(job.folder);
  for (const folder of [unfinished, job.folder]) await rm(folder, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  timeOfEmbedding();
  const begun = performance.now();
  const searcher = await peer.build(passages, unfinished);
  const time = performance.now() - begun;
  const embedding = timeOfEmbedding();
  const elsewhere = (await searcher.bytes?.()) ?? 0;
  await searcher.close?.();
  await rename(unfinished, job.folder);
  return { ...named(peer), time, embedding, bytes: elsewhere + (await bytesIn(job.folder)) };
}

/** As every later start: from what was saved, where something was. */
async function opened(job: ServeJob | RecallJob | ColdJob): Promise<Searcher> {
  const peer = await PEERS[job.peer]();
  const passages = passagesOf(job);
  return peer.open ? peer.open(job.folder, passages) : peer.build(passages, job.folder);
}

async function serve(job: ServeJob): Promise<ServeResult> {
  const { quantile } = await measuring();
  const searcher = await opened(job);
  for (const question of job.questions.slice(0, WARM_UP)) await searcher.search(question, 5);
  const times: number[] = [];
  const stages: Record<string, number[]> = {};
  for (const question of job.questions) {
    timeOfEmbedding();
    const begun = performance.now();
    await searcher.search(question, 5);
    const time = performance.now() - begun;
    times.push(time);
    const embedding = timeOfEmbedding();
    for (const [stage, own] of Object.entries(searcher.stages?.() ?? { embedding, search: time - embedding })) {
      stages[stage] = [...(stages[stage] ?? []), own];
    }
  }
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (next < job.questions.length) await searcher.search(job.questions[next++] ?? '', 5);
    }),
  );
  const sustained = (1000 * job.questions.length) / (performance.now() - begun);
  const memory = process.memoryUsage.rss();
  await searcher.close?.();
  return {
    question: await latency(times),
    stages: Object.fromEntries(Object.entries(stages).map(([stage, own]) => [stage, quantile(own, 0.5)])),
    sustained,
    memory,
  };
}

/** Of the ten nearest vectors. */
async function recall(job: RecallJob): Promise<RecallResult> {
  const searcher = await opened(job);
  if (!searcher.recall) throw new Error('It compares with every vector, or does not say.');
  let sum = 0;
  for (const question of job.questions) sum += await searcher.recall(question, 10);
  await searcher.close?.();
  return { recall10: sum / job.questions.length };
}

async function cold(job: ColdJob): Promise<ColdResult> {
  const searcher = await opened(job);
  return { hits: (await searcher.search(job.question, 5)).length };
}

async function quality(job: QualityJob): Promise<QualityResult> {
  const peer = await PEERS[job.peer]();
  const { passages: texts, questions } = await readPublic(job.sets, job.set);
  await rm(job.folder, { recursive: true, force: true });
  await mkdir(job.folder, { recursive: true });
  const searcher = await peer.build({ texts, language: job.set.endsWith('en') ? 'en' : 'ar', vectors: undefined, composedIn: undefined }, job.folder);
  const ranks: (number | null)[] = [];
  const sure: { question: number; answerable: number; taken: number }[] = [];
  const asked = texts.map(() => 0);
  for (const [number, { text, gold }] of questions.entries()) {
    const [right = 0] = gold;
    const hits = await searcher.search(text, 10);
    const rank = hits.findIndex(({ label }) => label === right);
    ranks.push(rank < 0 ? null : rank + 1);
    if ((asked[right] ?? 0) < TAKEN) {
      asked[right] = (asked[right] ?? 0) + 1;
      const best = (all: typeof hits) => all[0]?.score ?? 0;
      sure.push({
        question: number,
        answerable: (await searcher.sureness?.(text, undefined)) ?? best(hits),
        taken: (await searcher.sureness?.(text, right)) ?? best(hits.filter(({ label }) => label !== right)),
      });
    }
  }
  await searcher.close?.();
  return { ...named(peer), ranks, sure };
}

const DO = { build, serve, recall, cold, quality, floor: rawModel, compose: composeVectors };
// Whoever started it has ended: nobody waits for the result.
process.once('disconnect', () => process.exit(1));
const [job] = (await once(process, 'message')) as [Job];
const result = await (DO[job.job] as (job: Job) => Promise<unknown>)(job);
process.send?.(result, () => process.exit(0));
