import { performance } from 'node:perf_hooks';

/** A build gives way to the event loop after this many milliseconds. */
const TURN = 10;

/** @returns to be called often within long work: lets the event loop have its turn once {@link TURN} is over */
export function turns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN) return;
    await new Promise(setImmediate);
    since = performance.now();
  };
}
