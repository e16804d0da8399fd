import type { Answerer } from './answer/answerer.ts';
import type { Config } from './config.ts';
import type { Document } from './corpus/document.ts';
import { readReports } from './corpus/read.ts';
import type { Encoder } from './embedding/encoder.ts';
import { TransformersEncoder } from './embedding/transformers-encoder.ts';
import type { BuildProgress } from './indexing/build.ts';
import type { IndexStore, OpenedIndex } from './indexing/index-store.ts';

/** What a start tells whoever watches. */
export interface Watcher {
  onDownload?(file: string, loaded: number, total: number): void;
  onProgress?: BuildProgress;
  /** One line worth knowing: a report skipped, a damaged index. */
  onNotice?(line: string): void;
}

/** What a reload does beyond the changes. Default: nothing. */
interface ReloadOptions {
  /** Builds the index anew, whatever is there. */
  readonly force?: boolean;
  /** Reads files anew that could not be read before. */
  readonly retry?: boolean;
}

/** Everything that answers, ready. */
export interface App {
  readonly config: Config;
  readonly encoder: Encoder;
  /** Where the indexes are. */
  readonly store: IndexStore;
  /** The index as last opened, and what answers from it. */
  readonly opened: OpenedIndex;
  readonly answerer: Answerer;
  /**
   * Reads the reports again and answers from them once their index is there; until then, and if that fails, from what it has. A question under way
   * finishes on the index it began with. One at a time: the reports as they were last are what answers in the end.
   *
   * @throws UserError when the reports or their index can't be had
   */
  reload(watcher?: Watcher, how?: ReloadOptions): Promise<OpenedIndex>;
  close(): Promise<void>;
}

/** @param centre `false` leaves the model's token mean in: for computing it */
export async function loadEncoder(config: Config, watcher: Watcher = {}, centre = true): Promise<Encoder> {
  return TransformersEncoder.load({ ...config.embedding, centre }, watcher.onDownload?.bind(watcher));
}

/** Where the configuration says that indexes are kept. @param watcher told of a database's connections that broke */
export async function openStore({ vectorStore, data, indexFolder }: Config, watcher: Watcher = {}): Promise<IndexStore> {
  if (vectorStore === 'pgvector' && data.url !== undefined) {
    const { PgvectorStore } = await import('./indexing/pgvector/pgvector-store.ts');
    return PgvectorStore.connect(data.url, (line) => watcher.onNotice?.(line));
  }
  const { FolderStore } = await import('./indexing/folder-store.ts');
  return new FolderStore(indexFolder);
}

/**
 * The composition root: reads the reports, loads the model, opens the index or builds it.
 *
 * @throws UserError when one of them can't be had
 */
export async function openApp(config: Config, watcher: Watcher = {}, force = false): Promise<App> {
  // The reports are read first: a missing folder is told at once, not after the model has loaded.
  const documents = await readNoticed(config, watcher, force);
  // What answers is imported while the model's threads load.
  const [encoder, { Answerer }, store] = await Promise.all([loadEncoder(config, watcher), import('./answer/answerer.ts'), openStore(config, watcher)]);
  const close = async () => {
    await encoder.close();
    await store.close();
  };
  const openReports = (reports: readonly Document[], told: Watcher, anew: boolean) =>
    store.open(reports, encoder, {
      force: anew,
      ...(told.onProgress && { onProgress: told.onProgress }),
      ...(told.onNotice && { onNotice: told.onNotice.bind(told) }),
    });
  try {
    let opened = await openReports(documents, watcher, force);
    let reloading: Promise<unknown> = Promise.resolve();
    const reload = (again: Watcher = {}, { force: anew = false, retry = false }: ReloadOptions = {}) => {
      const next = reloading.then(async () => {
        opened = await openReports(await readNoticed(config, again, retry), again, anew);
        answerer = answererOf(opened);
        return opened;
      });
      reloading = next.catch(() => undefined);
      return next;
    };
    const answererOf = ({ index }: OpenedIndex): Answerer =>
      new Answerer(index, encoder, async () => {
        // Of several questions that meet the damage the first one mends it.
        if (opened.index === index) await reload(watcher, { force: true });
        return answerer;
      });
    let answerer: Answerer = answererOf(opened);
    return {
      config,
      encoder,
      store,
      get opened() {
        return opened;
      },
      get answerer() {
        return answerer;
      },
      reload,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readNoticed(config: Config, watcher: Watcher, retry: boolean): Promise<readonly Document[]> {
  const { documents, skipped, versions } = await readReports(config.seedsFolder, config.indexFolder, retry);
  for (const line of [...skipped.map((skip) => `Skipped ${skip}`), ...versions]) watcher.onNotice?.(line);
  return documents;
}
