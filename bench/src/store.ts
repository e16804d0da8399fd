import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from './files.ts';
import { ROOT } from './isnad.ts';
import type { BuildResult, FloorResult, QualityResult, RecallResult, ServeResult } from './jobs.ts';
import type { Machine } from './machine.ts';
import type { PeerId } from './peers.ts';
import type { SetName } from './public-sets.ts';
import { type Failure, hasFailed } from './run.ts';

/** Where everything that is published goes. */
export const OUT = join(ROOT, 'docs/bench');

/** Times from the start of a process to its first answer, milliseconds. */
export interface ColdStarts {
  readonly starts: readonly number[];
}

/** What a key leads to. */
export type Stored<K extends Key> = K extends `speed/${number}/floor`
  ? FloorResult
  : K extends `speed/${number}/${string}/build`
    ? BuildResult
    : K extends `speed/${number}/${string}/recall`
      ? RecallResult
      : K extends `speed/${number}/${string}/serve`
        ? ServeResult
        : K extends `speed/${number}/${string}/cold`
          ? ColdStarts
          : QualityResult;
export type Key = `speed/${number}/floor` | `speed/${number}/${PeerId}/${'build' | 'serve' | 'recall' | 'cold'}` | `quality/${SetName}/${PeerId}`;

/** A day, `2026-01-31`, and what was measured then or why it was not. */
type Entry = { readonly date: string } & ({ readonly result: unknown } | Failure);

/** All that was measured, kept in a file as it comes: a run that is interrupted goes on where it was. */
export class Store {
  readonly #file: string;
  #machine: Machine | undefined;
  readonly #entries: Map<string, Entry>;

  constructor(file = join(OUT, 'bench.json')) {
    this.#file = file;
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { machine?: Machine; results: Record<string, Entry> }) : { results: {} };
    this.#machine = kept.machine;
    this.#entries = new Map(Object.entries(kept.results));
  }

  get machine(): Machine | undefined {
    return this.#machine;
  }

  async setMachine(machine: Machine): Promise<void> {
    this.#machine = machine;
    await this.#save();
  }

  /** Sizes that something was measured at, ascending. */
  get sizes(): number[] {
    const sizes = [...this.#entries.keys()].flatMap((key) => (key.startsWith('speed/') ? Number(key.split('/')[1]) : []));
    return [...new Set(sizes)].sort((a, b) => a - b);
  }

  /** First and last day of measuring. */
  get dates(): readonly [string, string] | undefined {
    const dates = [...this.#entries.values()].map(({ date }) => date).sort();
    return dates[0] === undefined ? undefined : [dates[0], dates.at(-1) ?? dates[0]];
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** `undefined` where it was not measured or has failed. */
  get<K extends Key>(key: K): Stored<K> | undefined {
    const entry = this.#entries.get(key);
    return entry && 'result' in entry ? (entry.result as Stored<K>) : undefined;
  }

  /** Why it has failed. */
  failure(key: Key): string | undefined {
    const entry = this.#entries.get(key);
    return entry && hasFailed(entry) ? entry.failed : undefined;
  }

  /** All that has failed, and why. */
  get failures(): { readonly key: string; readonly reason: string }[] {
    return [...this.#entries].flatMap(([key, entry]) => (hasFailed(entry) ? [{ key, reason: entry.failed }] : []));
  }

  async set<K extends Key>(key: K, outcome: { readonly result: Stored<K> } | Failure): Promise<void> {
    const date = new Date().toISOString().slice(0, 10);
    this.#entries.set(key, hasFailed(outcome) ? { date, failed: outcome.failed } : { date, result: outcome.result });
    await this.#save();
  }

  /** A line a result, so that a new one changes one line. */
  async #save(): Promise<void> {
    const lines = [...this.#entries].map(([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry)}`);
    mkdirSync(dirname(this.#file), { recursive: true });
    await writeWhole(this.#file, `{\n"machine": ${JSON.stringify(this.#machine ?? null)},\n"results": {\n${lines.join(',\n')}\n}\n}\n`);
  }
}
