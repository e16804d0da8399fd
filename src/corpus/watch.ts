import { watch } from 'chokidar';

/** A change is told when nothing more has changed for this long, in milliseconds: files are copied one by one. */
const QUIET = 1_000;

/** A watch over the reports. */
export interface ReportsWatch {
  /** Settles once changes are noticed. */
  readonly ready: Promise<void>;
  /** Ends it; a call under way is waited for. */
  close(): Promise<void>;
}

/**
 * Tells when something in the seeds folder (reports, translations) has changed and then stayed as it is for a second. One call at a time: what changes
 * while `onChange` runs is told after it.
 *
 * @param onChange must not reject
 */
export function watchReports(folder: string, onChange: () => Promise<void>): ReportsWatch {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let ended = false;
  const watcher = watch(folder, { ignoreInitial: true, depth: 2, ignored: (path) => /[/\\]\.[^/\\]*$/u.test(path.slice(folder.length)) });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => (ended ? undefined : onChange()));
    }, QUIET);
  });
  // A folder that can't be watched is no reason to stop: /reindex reads it too.
  const ready = new Promise<void>((resolve) => {
    watcher.on('ready', resolve).on('error', () => resolve());
  });
  return {
    ready,
    async close() {
      ended = true;
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}
