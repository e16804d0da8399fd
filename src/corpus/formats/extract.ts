import { Worker } from 'node:worker_threads';
import { errorCode } from '../../errors.ts';
import { threadFile } from '../../thread-file.ts';
import type { Extracted } from './extracted.ts';
import type { Format } from './format.ts';
import { UnreadableFile } from './unreadable.ts';
import type { ExtractionOrder, ExtractionResult } from './worker.ts';

/** Milliseconds that a file may take. */
const PATIENCE = 60_000;
/** Megabytes that its text may take while it is extracted. */
const MEMORY = 512;

/**
 * Extracts the text of a file in a thread of its own, so that none can stop or hold up the program.
 *
 * @param patience milliseconds until it is given up; default 60 s
 * @throws UnreadableFile when there is none to be had; another error when that is no fault of the file
 */
export async function extract(format: Format, bytes: Uint8Array, patience = PATIENCE): Promise<Extracted> {
  const order: ExtractionOrder = { format, bytes };
  const worker = new Worker(threadFile('corpus/formats/worker'), {
    name: 'isnad-extraction',
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    // What libraries print about a file helps nobody.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await new Promise<ExtractionResult>((resolve, reject) => {
      timer = setTimeout(() => resolve({ failed: { why: 'takes too long', seconds: Math.round(patience / 1000) } }), patience);
      worker.once('message', resolve);
      worker.once('error', (error) => {
        const code = errorCode(error);
        // Of the thread, or of what it is made of: a package that is not there.
        if (code !== undefined && code !== 'ERR_WORKER_OUT_OF_MEMORY') return reject(error);
        resolve({ failed: code === undefined ? { why: 'broke off' } : { why: 'takes too much memory', megabytes: MEMORY } });
      });
      worker.once('exit', () => resolve({ failed: { why: 'broke off' } }));
    });
    if ('failed' in result) throw new UnreadableFile(result.failed);
    return result.extracted;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
