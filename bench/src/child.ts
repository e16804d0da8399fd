/** One job, one process: is told which, sends its result. */
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { timeOfEmbedding } from './clock.ts';
import { rawModel } from './floor.ts';
import { measuring } from './isnad.ts';
import type { BuildJob, BuildResult, ColdJob, ColdResult, Job, Latency, QualityJob, QualityResult, ServeJob, ServeResult } from './jobs.ts';
import type { Passages, Searcher } from './peer.ts';
import { PEERS } from './peers.ts';
import { readPublic } from './public-sets.ts';

const DIMENSIONS = 384;
/** Questions before the clock runs. */
const WARM_UP = 20;
/** Questions that wait at a time where throughput is measured. */
const AT_A_TIME = 8;
/** Questions of a passage that are asked once more without it. */
const TAKEN = 2;

async function passagesOf({ passages, given }: { readonly passages: string; readonly given: boolean }): Promise<Passages> {
  const texts = JSON.parse(await readFile(join(passages, 'texts.json'), 'utf8')) as string[];
  return { texts, language: 'ar', vectors: given ? await vectorsIn(join(passages, 'vectors.f32'), texts.length) : undefined };
}

async function vectorsIn(file: string, count: number): Promise<Float32Array[]> {
  const bytes = await readFile(file);
  return Array.from({ length: count }, (_, i) => {
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

async function build(job: BuildJob): Promise<BuildResult> {
  const peer = await PEERS[job.peer]();
  const passages = await passagesOf(job);
  await rm(job.folder, { recursive: true, force: true });
  await mkdir(job.folder, { recursive: true });
  timeOfEmbedding();
  const begun = performance.now();
  const searcher = await peer.build(passages, job.folder);
  const time = performance.now() - begun;
  const embedding = timeOfEmbedding();
  await searcher.close?.();
  return { name: peer.name, what: peer.what, embeds: peer.embeds, time, embedding, bytes: await bytesIn(job.folder) };
}

/** As every later start: from what was saved, where something was. */
async function opened(job: ServeJob | ColdJob): Promise<Searcher> {
  const peer = await PEERS[job.peer]();
  const passages = await passagesOf(job);
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

async function cold(job: ColdJob): Promise<ColdResult> {
  const searcher = await opened(job);
  return { hits: (await searcher.search(job.question, 5)).length };
}

async function quality(job: QualityJob): Promise<QualityResult> {
  const peer = await PEERS[job.peer]();
  const { passages: texts, questions } = await readPublic(job.sets, job.set);
  await rm(job.folder, { recursive: true, force: true });
  await mkdir(job.folder, { recursive: true });
  const searcher = await peer.build({ texts, language: job.set.endsWith('en') ? 'en' : 'ar', vectors: undefined }, job.folder);
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
  return { ranks, sure };
}

const DO = { build, serve, cold, quality, floor: rawModel };
const [job] = (await once(process, 'message')) as [Job];
const result = await (DO[job.job] as (job: Job) => Promise<unknown>)(job);
process.send?.(result, () => process.exit(0));
