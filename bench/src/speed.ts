/** How fast and how large: at each size every peer builds, answers and starts. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unfinishedFolder, writeWhole } from './files.ts';
import { megabytes, number, seconds } from './format.ts';
import { measuring } from './isnad.ts';
import type { ColdJob } from './jobs.ts';
import { isWanted, measure, type Plan } from './measure.ts';
import { recombined } from './passages.ts';
import type { PeerId } from './peers.ts';
import { readPublic } from './public-sets.ts';
import { type Failure, hasFailed, run } from './run.ts';
import type { ColdStarts, Key } from './store.ts';

/** Passages of which each is embedded by each peer; those of more are composed. */
export const MOST_EMBEDDED = 1000;
/** Sizes that the raw model is measured at: it knows no index, so that of more passages it would be the same. */
const FLOOR_SIZES: readonly number[] = [14, MOST_EMBEDDED];
/** Every so many questions of XQuAD one is asked: about two hundred. */
const EVERY = 6;
const STARTS = 5;
/** Those whose approximate index is held against an exact one: ours, as it may be kept. */
const WITH_RECALL: readonly PeerId[] = ['isnad', 'isnad-pgvector'];
/** Milliseconds of starting after which no further start is made. */
const LONG_START = 60_000;

/** Keys of what is measured of a size. */
export function speedKeys(size: number, peers: readonly PeerId[]): Key[] {
  const floor: Key[] = FLOOR_SIZES.includes(size) ? [`speed/${size}/floor`] : [];
  return [
    ...floor,
    ...peers.flatMap((peer) => [
      ...(['build', 'serve', 'cold'] as const).map((job) => `speed/${size}/${peer}/${job}` as const),
      ...(WITH_RECALL.includes(peer) ? [`speed/${size}/${peer}/recall` as const] : []),
    ]),
  ];
}

export async function measureSpeed(plan: Plan, sizes: readonly number[], peers: readonly PeerId[]): Promise<void> {
  const questions = (await readPublic(plan.sets, 'XQuAD ar→ar')).questions.filter((_, i) => i % EVERY === 0).map(({ text }) => text);
  for (const size of sizes) {
    const wanted = speedKeys(size, peers).filter((key) => isWanted(plan, key));
    if (wanted.length === 0) continue;
    const failure = await prepare(plan, size);
    if (failure) {
      for (const key of wanted) plan.terminal.failed(key, failure.failed);
      continue;
    }
    const floor = `speed/${size}/floor` as const;
    if (wanted.includes(floor)) {
      await measure(
        plan,
        floor,
        () => run({ job: 'floor', passages: join(plan.work, String(size)), questions }),
        ({ encoder, reader, passages }) => `question ${number(encoder.p50)} + ${number(reader.p50)} ms, ${number(passages)} passages a second`,
      );
    }
    for (const peer of peers) await measurePeer(plan, size, peer, questions);
  }
}

/** Makes the passages of a size, and their vectors where they are composed. */
async function prepare({ sets, work, terminal }: Plan, size: number): Promise<Failure | undefined> {
  const passages = join(work, String(size));
  await mkdir(passages, { recursive: true });
  if (!existsSync(join(passages, 'texts.json'))) {
    const { texts, sentences, of } = await recombined(sets, size);
    await writeWhole(join(passages, 'sentences.json'), JSON.stringify({ sentences, of }));
    await writeWhole(join(passages, 'texts.json'), JSON.stringify(texts));
  }
  if (size <= MOST_EMBEDDED || existsSync(join(passages, 'vectors.f32'))) return undefined;
  terminal.now(`${size} passages are composed`);
  const composed = await run({ job: 'compose', passages });
  return hasFailed(composed) ? composed : undefined;
}

async function measurePeer(plan: Plan, size: number, peer: PeerId, questions: readonly string[]): Promise<void> {
  const { store, terminal } = plan;
  const of = `speed/${size}/${peer}` as const;
  const [build, serve, recall, cold] = [`${of}/build`, `${of}/serve`, `${of}/recall`, `${of}/cold`] as const;
  const wanted = speedKeys(size, [peer]).filter((key) => isWanted(plan, key));
  if (wanted.length === 0) return;
  const passages = join(plan.work, String(size));
  const folder = join(passages, peer);
  const on = { peer, passages, given: size > MOST_EMBEDDED, folder };
  // What was built may be gone; then it is built again, and that is what counts.
  if (wanted.includes(build) || !existsSync(folder)) {
    await measure(
      plan,
      build,
      () => run({ job: 'build', ...on }),
      ({ time, embedding, bytes }) => `${seconds(time)} s, ${seconds(embedding)} s of them embedding, ${megabytes(bytes)} MB`,
    );
  }
  if (store.failure(build) !== undefined) {
    for (const key of wanted) if (key !== build) terminal.skipped();
  } else {
    if (wanted.includes(serve)) {
      await measure(
        plan,
        serve,
        () => run({ job: 'serve', ...on, questions }),
        ({ question: { p50, p95 }, sustained, memory }) =>
          `question ${number(p50)} ms, p95 ${number(p95)} ms, ${number(sustained)} a second, ${megabytes(memory)} MB`,
      );
    }
    if (wanted.includes(recall)) {
      await measure(
        plan,
        recall,
        () => run({ job: 'recall', ...on, questions }),
        ({ recall10 }) => `recall@10 ${recall10.toFixed(4)}`,
      );
    }
    if (wanted.includes(cold)) {
      const { quantile } = await measuring();
      await measure(
        plan,
        cold,
        () => starts({ job: 'cold', ...on, question: questions[0] ?? '' }),
        (own) => `${seconds(quantile(own.starts, 0.5))} s to the first answer`,
      );
    }
  }
  // An index of 100,000 passages takes gigabytes.
  for (const left of [folder, unfinishedFolder(folder)]) await rm(left, { recursive: true, force: true });
}

async function starts(job: ColdJob): Promise<{ readonly result: ColdStarts } | Failure> {
  const times: number[] = [];
  const begun = performance.now();
  while (times.length < STARTS && performance.now() - begun < LONG_START) {
    const ran = await run(job);
    if (hasFailed(ran)) return ran;
    times.push(ran.time);
  }
  return { result: { starts: times } };
}
