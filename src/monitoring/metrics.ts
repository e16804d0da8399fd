import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds of the histograms' buckets, in seconds: from a cached answer to the three seconds that Discord waits. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 3];

type Status = 'answered' | 'related' | 'not_found' | 'invalid';

/** What is measured when it is asked for. */
export interface Sources {
  /** Questions that wait for their turn. */
  queueDepth(): number;
  index(): { readonly builtAt: Date; readonly passages: number };
  /** Whether the gateway's connection stands. */
  connected(): boolean;
}

/** What has been asked since the start, how long it took and how the program is doing: for `/status`, and for Prometheus. Nothing in it names anybody. */
export class Metrics {
  readonly since = new Date();
  readonly registry = new Registry();
  readonly #counts = new Map<Status, number>();
  /** Microseconds: a histogram takes whole numbers. It gives true percentiles, which buckets do not. */
  readonly #latencies: RecordableHistogram = createHistogram();
  readonly #questions = new Counter({
    name: 'isnad_questions_total',
    help: 'Questions by what became of them.',
    labelNames: ['status'],
    registers: [this.registry],
  });
  readonly #busy = new Counter({
    name: 'isnad_busy_total',
    help: 'Requests turned away, by whose share was used up.',
    labelNames: ['whose'],
    registers: [this.registry],
  });
  readonly #answers = new Histogram({
    name: 'isnad_answer_seconds',
    help: 'From the arrival of a question to its answer, waiting included.',
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly #stages = new Histogram({
    name: 'isnad_stage_seconds',
    help: 'Time of each stage of a question.',
    labelNames: ['stage'],
    buckets: BUCKETS,
    registers: [this.registry],
  });

  constructor() {
    // Memory, event-loop delay, garbage collection.
    collectDefaultMetrics({ register: this.registry });
    for (const status of ['answered', 'related', 'not_found', 'invalid']) this.#questions.inc({ status }, 0);
  }

  /** Gives the gauges what they measure. */
  watch(sources: Sources): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value());
        },
      });
    gauge('isnad_queue_depth', 'Questions that wait for their turn.', () => sources.queueDepth());
    gauge('isnad_index_age_seconds', 'Since the index was built.', () => (Date.now() - sources.index().builtAt.getTime()) / 1000);
    gauge('isnad_index_passages', 'Passages in the index.', () => sources.index().passages);
    gauge('isnad_gateway_connected', "Whether the gateway's connection stands.", () => (sources.connected() ? 1 : 0));
  }

  /**
   * @param milliseconds from the question's arrival to its answer, waiting included
   * @param stages milliseconds of each
   */
  answered(status: Status, milliseconds: number, stages: Readonly<Record<string, number>>): void {
    this.#counts.set(status, this.count(status) + 1);
    this.#latencies.record(Math.max(1, Math.round(milliseconds * 1000)));
    this.#questions.inc({ status });
    this.#answers.observe(milliseconds / 1000);
    for (const [stage, time] of Object.entries(stages)) this.#stages.observe({ stage: stage.replaceAll(' ', '_') }, time / 1000);
  }

  turnedAway(whose: string): void {
    this.#busy.inc({ whose });
  }

  count(status: Status): number {
    return this.#counts.get(status) ?? 0;
  }

  /** Milliseconds within which a share of the questions were answered; 0 before the first. @param percent 0 … 100 */
  latency(percent: number): number {
    return this.#latencies.count === 0 ? 0 : this.#latencies.percentile(percent) / 1000;
  }
}
