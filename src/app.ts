import { Answerer } from './answer/answerer.ts';
import type { Config } from './config.ts';
import { readReports } from './corpus/read.ts';
import type { Encoder } from './embedding/encoder.ts';
import { TransformersEncoder } from './embedding/transformers-encoder.ts';
import type { BuildProgress } from './indexing/build.ts';
import { type OpenedIndex, openIndex } from './indexing/store.ts';

/** What a start tells whoever watches. */
export interface Watcher {
  onDownload?(file: string, loaded: number, total: number): void;
  onProgress?: BuildProgress;
  /** One line worth knowing: a report skipped, a damaged index. */
  onNotice?(line: string): void;
}

/** Everything that answers, ready. */
export interface App {
  readonly config: Config;
  readonly encoder: Encoder;
  readonly opened: OpenedIndex;
  readonly answerer: Answerer;
  close(): Promise<void>;
}

/** @param centre `false` leaves the model's token mean in: for computing it */
export async function loadEncoder(config: Config, watcher: Watcher = {}, centre = true): Promise<Encoder> {
  return TransformersEncoder.load({ ...config.embedding, centre }, watcher.onDownload?.bind(watcher));
}

/**
 * The composition root: reads the reports, loads the model, opens the index or builds it.
 *
 * @throws UserError when one of them can't be had
 */
export async function openApp(config: Config, watcher: Watcher = {}, force = false): Promise<App> {
  // The reports are read first: a missing folder is told at once, not after the model has loaded.
  const { documents, skipped } = await readReports(config.seedsFolder);
  for (const line of skipped) watcher.onNotice?.(`Skipped ${line}`);
  const encoder = await loadEncoder(config, watcher);
  try {
    const opened = await openIndex(config.indexFolder, documents, encoder, {
      force,
      ...(watcher.onProgress && { onProgress: watcher.onProgress }),
      ...(watcher.onNotice && { onNotice: watcher.onNotice.bind(watcher) }),
    });
    return { config, encoder, opened, answerer: new Answerer(opened.index, encoder), close: () => encoder.close() };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}
