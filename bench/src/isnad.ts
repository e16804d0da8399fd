/** The product as it was built (`npm run build`): what is measured is what is shipped. */
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** @param path of a module below src/, without extension */
async function module<T>(path: string): Promise<T> {
  return (await import(join(ROOT, 'dist/src', `${path}.js`))) as T;
}

export const answering = () => module<typeof import('../../src/answer/confidence.ts')>('answer/confidence');
export const configuration = () => module<typeof import('../../src/config.ts')>('config');
export const encoding = () => module<typeof import('../../src/embedding/transformers-encoder.ts')>('embedding/transformers-encoder');
export const measuring = () => module<typeof import('../../src/evaluation/metrics.ts')>('evaluation/metrics');
export const graphs = () => module<typeof import('../../src/embedding/graphs.ts')>('embedding/graphs');
export const retrieving = () => module<typeof import('../../src/retrieval/retriever.ts')>('retrieval/retriever');
export const sets = () => module<typeof import('../../src/evaluation/sets.ts')>('evaluation/sets');
export const sentenceCutting = () => module<typeof import('../../src/text/sentences.ts')>('text/sentences');
export const connecting = () => module<typeof import('../../src/postgres.ts')>('postgres');
export const storing = () => module<typeof import('../../src/indexing/folder-store.ts')>('indexing/folder-store');
export const storingInPostgres = () => module<typeof import('../../src/indexing/pgvector/pgvector-store.ts')>('indexing/pgvector/pgvector-store');
export const languageOf = () => module<typeof import('../../src/text/language.ts')>('text/language');
export const windowing = () => module<typeof import('../../src/embedding/windows.ts')>('embedding/windows');
