/** What is told of speed and size. */
import { measuring } from './isnad.ts';
import type { FloorResult, Latency, Named } from './jobs.ts';
import { PEER_IDS, type PeerId } from './peers.ts';
import { MOST_EMBEDDED } from './speed.ts';
import type { Store } from './store.ts';

export interface SpeedFigures {
  readonly size: number;
  readonly peer: PeerId;
  readonly named: Named;
  /** Passages a second. `undefined` where the embedding of it is not known. */
  readonly build: number | undefined;
  /** Whether the time of embedding in `build` and `cold` is computed from that of fewer passages. */
  readonly computed: boolean;
  /** Of the passages that the raw model embeds in the same time. */
  readonly ofFloor: number | undefined;
  /** Milliseconds. */
  readonly question: Latency | undefined;
  /** Median of a question: times that of the raw model, times that of the fastest of the others that embed. */
  readonly timesFloor: number | undefined;
  readonly timesFastest: number | undefined;
  /** Medians, milliseconds. */
  readonly stages: Readonly<Record<string, number>>;
  /** Questions a second. */
  readonly sustained: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  /** Bytes; 0: nothing is saved. */
  readonly disk: number | undefined;
  /** Of the ten nearest vectors, the share that the index finds. */
  readonly recall10: number | undefined;
  /** Milliseconds from starting the process to its first answer, median. */
  readonly cold: number | undefined;
}

export const OWN: readonly PeerId[] = ['isnad', 'isnad-finding', 'isnad-pgvector'];
/** Those of them that read. */
const READING: readonly PeerId[] = ['isnad', 'isnad-pgvector'];

/** The raw model at a size, or at the largest below it that it was measured at. */
export function floorAt(store: Store, size: number): FloorResult | undefined {
  const measured = store.sizes.filter((other) => other <= size).flatMap((other) => store.get(`speed/${other}/floor`) ?? []);
  return measured.at(-1);
}

export async function speedFigures(store: Store): Promise<SpeedFigures[]> {
  const { quantile } = await measuring();
  return store.sizes.flatMap((size) => {
    const floor = floorAt(store, size);
    const fastest = Math.min(
      ...PEER_IDS.filter((peer) => !OWN.includes(peer) && store.get(`speed/${size}/${peer}/build`)?.embeds).map(
        (peer) => store.get(`speed/${size}/${peer}/serve`)?.question.p50 ?? Number.POSITIVE_INFINITY,
      ),
    );
    return PEER_IDS.flatMap((peer): SpeedFigures[] => {
      const build = store.get(`speed/${size}/${peer}/build`);
      if (!build) return [];
      const serve = store.get(`speed/${size}/${peer}/serve`);
      const starts = store.get(`speed/${size}/${peer}/cold`)?.starts;
      const computed = build.embeds && size > MOST_EMBEDDED;
      const embedding = computed ? embeddingTime(store, size, peer) : build.embedding;
      const time = embedding === undefined ? undefined : build.time - build.embedding + embedding;
      const perSecond = time === undefined ? undefined : (1000 * size) / time;
      const cold = starts && quantile(starts, 0.5);
      // What saves nothing embeds at every start.
      const embedsAtStart = computed && build.bytes === 0;
      const questionFloor = build.embeds && floor ? floor.encoder.p50 + (READING.includes(peer) ? floor.reader.p50 : 0) : undefined;
      const buildFloor = build.embeds && floor ? (READING.includes(peer) ? floor.passagesRemembered : floor.passages) : undefined;
      const p50 = serve?.question.p50;
      return [
        {
          size,
          peer,
          named: build,
          build: perSecond,
          computed,
          ofFloor: perSecond !== undefined && buildFloor !== undefined ? perSecond / buildFloor : undefined,
          question: serve?.question,
          timesFloor: p50 !== undefined && questionFloor !== undefined ? p50 / questionFloor : undefined,
          timesFastest: build.embeds && p50 !== undefined && Number.isFinite(fastest) ? p50 / fastest : undefined,
          stages: serve?.stages ?? {},
          sustained: serve?.sustained,
          memory: serve?.memory,
          disk: build.bytes,
          recall10: store.get(`speed/${size}/${peer}/recall`)?.recall10,
          cold: cold !== undefined && embedsAtStart ? embedding && cold + embedding : cold,
        },
      ];
    });
  });
}

/** Milliseconds that embedding so many passages takes, by what the peer took for a thousand; `undefined` where that was not measured. */
function embeddingTime(store: Store, size: number, peer: PeerId): number | undefined {
  const thousand = store.get(`speed/${MOST_EMBEDDED}/${peer}/build`);
  return thousand && (thousand.embedding / MOST_EMBEDDED) * size;
}
