/** The reader's thread: loaded beside the encoder's, so that a start takes no longer for it. */
import { workerData } from 'node:worker_threads';
import { Reader } from './graphs.ts';
import type { ReaderOptions, ReadReply, ReadRequest } from './protocol.ts';
import { serve } from './serve.ts';

const { folder, threads } = workerData as ReaderOptions;

await serve<undefined, ReadRequest, ReadReply>(async () => {
  const reader = await Reader.load(folder, threads);
  return {
    ready: undefined,
    answer: async ({ lower, memories, skipped }) => ({ reply: await reader.read(lower, memories, skipped), transfer: [] }),
  };
});
