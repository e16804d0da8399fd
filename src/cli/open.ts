import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { type App, openApp, type Watcher } from '../app.ts';
import type { Config } from '../config.ts';
import { note, Progress } from './output.ts';

/** Shows what a start does: downloads, the building of the index with the event loop's delay meanwhile, notices. */
export async function openAtTerminal(config: Config, force = false): Promise<App> {
  const begun = performance.now();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const building = new Progress('Indexing');
  const downloads = downloadProgress();
  const app = await openApp(
    config,
    {
      onDownload: downloads.onDownload,
      onNotice: note,
      onProgress: (done, total) => {
        delay.enable();
        building.update(done, total);
      },
    },
    force,
  );
  delay.disable();
  if (app.opened.built) {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    building.finish(`Indexed ${app.opened.index.passages.length} passages in ${seconds} s (event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms).`);
  }
  return app;
}

function downloadProgress(): Required<Pick<Watcher, 'onDownload'>> {
  const bars = new Map<string, Progress>();
  return {
    onDownload: (file, loaded, total) => {
      const bar = bars.get(file) ?? new Progress(file);
      bars.set(file, bar);
      bar.update(loaded, total);
      if (loaded >= total) bar.finish();
    },
  };
}
