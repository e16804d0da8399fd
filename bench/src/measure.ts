import { type Failure, hasFailed } from './run.ts';
import type { Key, Store, Stored } from './store.ts';
import type { Terminal } from './terminal.ts';

/** What is to be measured, and where it is kept and told. */
export interface Plan {
  readonly store: Store;
  readonly terminal: Terminal;
  /** Folder of the public sets. */
  readonly sets: string;
  /** Folder for passages and what is built of them. */
  readonly work: string;
  /** Whether what was measured before is measured again. */
  readonly anew: boolean;
}

export function isWanted({ store, anew }: Pick<Plan, 'store' | 'anew'>, key: Key): boolean {
  // What could not be built can not be asked.
  const builds = key.replace(/(?:serve|recall|cold)$/u, 'build') as Key;
  return anew || !(store.has(key) || store.failure(builds) !== undefined);
}

/**
 * Measures, keeps and tells.
 *
 * @param figures what is told of it
 */
export async function measure<K extends Key>(
  { store, terminal }: Plan,
  key: K,
  work: () => Promise<{ readonly result: Stored<K> } | Failure>,
  figures: (result: Stored<K>) => string,
): Promise<void> {
  terminal.now(key);
  const begun = performance.now();
  const outcome = await work();
  await store.set(key, outcome);
  if (hasFailed(outcome)) terminal.failed(key, outcome.failed);
  else terminal.done(key, figures(outcome.result), performance.now() - begun);
}
