import { watch } from 'chokidar';

/** A change is told when nothing more has changed for this long, in milliseconds: files are copied one by one. */
const QUIET = 1_000;

/** A watch over the reports. */
export interface ReportsWatch {
  /** Settles once changes are noticed. Read the reports after that, and no change is missed. */
  readonly ready: Promise<void>;
  /**
   * Has changes told: those noticed so far, and those to come. One call at a time; what changes while one runs is told after it.
   *
   * @param tell must not reject
   */
  onChange(tell: () => Promise<void>): void;
  /** Ends it: nothing is told any more. A call under way is not waited for. */
  close(): Promise<void>;
}

/** Notices when something in the seeds folder (reports, translations) has changed and then stayed as it is for a second. It keeps no process alive. */
export function watchReports(folder: string): ReportsWatch {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let tell: (() => Promise<void>) | undefined;
  let changed = false;
  let ended = false;
  const pass = () => {
    if (!changed || !tell) return;
    changed = false;
    const told = tell;
    running = running.then(() => (ended ? undefined : told()));
  };
  const watcher = watch(folder, { ignoreInitial: true, persistent: false, depth: 2, ignored: (path) => /[/\\]\.[^/\\]*$/u.test(path.slice(folder.length)) });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = true;
      pass();
    }, QUIET);
  });
  // A folder that can't be watched is no reason to stop: /reindex reads it too.
  const ready = new Promise<void>((resolve) => {
    watcher.on('ready', resolve).on('error', () => resolve());
  });
  return {
    ready,
    onChange(listener) {
      tell = listener;
      pass();
    },
    async close() {
      ended = true;
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
