import { AutoModel, AutoTokenizer, env, type ProgressInfo } from '@xenova/transformers';
import type { Download, WorkerOptions } from './protocol.ts';
import type { ModelSettings } from './settings.ts';

/**
 * Fetches the files of a hub's model to its folder below `cacheFolder`, by transformers.js. Those that are there already are not fetched again.
 *
 * @param tell told of each file as it arrives
 * @throws whatever the hub, the network or the disk makes of it
 */
export async function download({ model, cacheFolder, hub }: WorkerOptions, dtype: ModelSettings['dtype'], tell: (progress: Download) => void): Promise<void> {
  env.allowLocalModels = false;
  env.cacheDir = cacheFolder;
  if (hub !== undefined) env.remoteHost = hub;
  const report = {
    progress_callback: (event: ProgressInfo) => {
      if (event.status === 'progress') tell({ type: 'download', file: event.file, loaded: event.loaded, total: event.total });
    },
  };
  await AutoTokenizer.from_pretrained(model, report);
  // It fetches no weights without loading them.
  const network = await AutoModel.from_pretrained(model, { ...report, dtype, device: 'cpu' });
  await network.dispose();
}
