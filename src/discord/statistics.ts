import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Status } from '../answer/answer.ts';

/** What has been asked since the start, and how long it took. */
export class Statistics {
  readonly since = new Date();
  readonly #counts = new Map<Status, number>();
  /** Microseconds: a histogram takes whole numbers. */
  readonly #latencies: RecordableHistogram = createHistogram();

  /** @param milliseconds from the question's arrival to its answer, waiting included */
  record(status: Status, milliseconds: number): void {
    this.#counts.set(status, this.count(status) + 1);
    this.#latencies.record(Math.max(1, Math.round(milliseconds * 1000)));
  }

  count(status: Status): number {
    return this.#counts.get(status) ?? 0;
  }

  /** Milliseconds within which a share of the questions were answered; 0 before the first. @param percent 0 … 100 */
  latency(percent: number): number {
    return this.#latencies.count === 0 ? 0 : this.#latencies.percentile(percent) / 1000;
  }
}
