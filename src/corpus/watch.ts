import { watch } from 'chokidar';

/** A change is told when nothing more has changed for this long, in milliseconds: files are copied one by one. */
const QUIET = 1_000;

/**
 * Tells when something in the seeds folder (reports, translations) has changed and then stayed as it is for a second. One call at a time: what changes
 * while `onChange` runs is told after it.
 *
 * @param onChange must not reject
 * @returns ends the watch
 */
export function watchReports(folder: string, onChange: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let ended = false;
  const watcher = watch(folder, { ignoreInitial: true, depth: 2, ignored: /(^|[/\\])\../u });
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => (ended ? undefined : onChange()));
    }, QUIET);
  };
  // A folder that can't be watched is no reason to stop: /reindex reads it too.
  watcher.on('all', later).on('error', () => undefined);
  return async () => {
    ended = true;
    clearTimeout(timer);
    await watcher.close();
    await running;
  };
}
