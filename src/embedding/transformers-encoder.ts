import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { Encoded, Encoder, EncoderInfo, Memory, Reading, Role } from './encoder.ts';
import type { CloseRequest, EncodeRequest, ReadRequest, WorkerMessage, WorkerOptions } from './protocol.ts';

/** Texts sent to the thread at a time: a question that arrives while a report is indexed waits for one such batch at most. */
const BATCH_TEXTS = 16;

/**
 * Stack of the thread; only what is used of it takes memory. As it starts, onnxruntime 1.30 matches the process's command line with a regular
 * expression that recurs at every character: with Node's four megabytes, a question of a few thousand letters as an argument ended the process.
 */
const STACK_MEGABYTES = 256;

/** Replies of the thread that a request waits for. */
type EncodeReply = Extract<WorkerMessage, { readonly type: 'encoded' }>;
type ReadReply = Extract<WorkerMessage, { readonly type: 'read' }>;

interface Waiting {
  readonly resolve: (reply: EncodeReply | ReadReply) => void;
  readonly reject: (error: Error) => void;
}

/** Encoder on transformers.js and onnxruntime, in a thread of its own. */
export class TransformersEncoder implements Encoder {
  #nextId = 0;
  #ended: Error | undefined;
  readonly #waiting = new Map<number, Waiting>();

  readonly info: EncoderInfo;
  readonly ended: Promise<string>;
  readonly #worker: Worker;

  private constructor(info: EncoderInfo, worker: Worker) {
    this.info = info;
    this.#worker = worker;
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'encoded' || message.type === 'read') this.#settle(message.id, (w) => w.resolve(message));
      else if (message.type === 'error') this.#settle(message.id, (w) => w.reject(new Error(message.message)));
    });
    this.ended = new Promise((resolve) => {
      const end = (error: Error) => {
        this.#end(error);
        resolve(error.message);
      };
      worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', () => end(new Error('The encoder was closed.')));
    });
    worker.unref();
  }

  /**
   * Starts the thread and loads the model there.
   *
   * @param onDownload called while files of a hub model arrive (bytes)
   * @throws UserError when the model is not there, not allowed to be downloaded, or not usable
   */
  static async load(options: WorkerOptions, onDownload?: (file: string, loaded: number, total: number) => void): Promise<TransformersEncoder> {
    if (isAbsolute(options.model) && !existsSync(options.model)) {
      throw new UserError(`There is no model folder ${options.model}. Set EMBEDDING_MODEL to a folder in the transformers.js layout, or restore models/.`);
    }
    if (!isAbsolute(options.model) && options.hub === undefined && !existsSync(join(options.cacheFolder, options.model, 'config.json'))) {
      throw new UserError(
        `The model ${options.model} is not on this machine. Set EMBEDDING_ALLOW_DOWNLOAD=true to download it, or set EMBEDDING_MODEL to a local folder.`,
      );
    }
    const worker = new Worker(workerFile(), { workerData: options, name: 'isnad-encoder', resourceLimits: { stackSizeMb: STACK_MEGABYTES } });
    const info = await new Promise<EncoderInfo>((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'download') onDownload?.(message.file, message.loaded, message.total);
        else if (message.type === 'ready') resolve(message.info);
        else if (message.type === 'failed') reject(message.byUser ? new UserError(message.message) : unusable(options, message.message));
      });
      worker.on('error', (error) => reject(unusable(options, String(error))));
      worker.on('exit', (code) => reject(unusable(options, `the encoder's thread ended with code ${code}`)));
    }).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    return new TransformersEncoder(info, worker);
  }

  async encode(texts: readonly string[], role: Role, onProgress?: (done: number) => void): Promise<Encoded[]> {
    // Alike lengths together: a batch is padded to its longest text.
    const order = texts.map((_, index) => index).sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
    const results = new Array<Encoded>(texts.length);
    let done = 0;
    for (let from = 0; from < order.length; from += BATCH_TEXTS) {
      const batch = order.slice(from, from + BATCH_TEXTS);
      const { encoded } = await this.#request({ type: 'encode', role, texts: batch.map((index) => texts[index] ?? '') });
      batch.forEach((index, at) => {
        const result = encoded[at];
        if (result) results[index] = result;
        onProgress?.(++done);
      });
    }
    return results;
  }

  async read(lower: Float32Array, memories: readonly Memory[]): Promise<readonly Reading[]> {
    // Copies of their own: a view that is posted takes the whole buffer under it along, and an index keeps all memories in one.
    const own = memories.map(({ start, scales, values }) => ({ start, scales: scales.slice(), values: values.slice() }));
    const { readings } = await this.#request({ type: 'read', lower, memories: own });
    return readings;
  }

  async close(): Promise<void> {
    this.#end(new Error('The encoder was closed.'));
    // Its end is waited for: leaving while it is within a pass takes the process down.
    this.#worker.ref();
    const close: CloseRequest = { type: 'close' };
    this.#worker.postMessage(close);
    await this.ended;
  }

  #request(request: Omit<EncodeRequest, 'id'>): Promise<EncodeReply>;
  #request(request: Omit<ReadRequest, 'id'>): Promise<ReadReply>;
  #request(request: Omit<EncodeRequest, 'id'> | Omit<ReadRequest, 'id'>): Promise<EncodeReply | ReadReply> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // A thread that nothing waits for must not keep the process alive.
      this.#worker.ref();
      this.#worker.postMessage({ ...request, id });
    });
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    how(waiting);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, (waiting) => waiting.reject(error));
  }
}

/** Node 20 starts no thread from TypeScript: where this file runs as source (tests), the thread runs what `npm run build` made of it. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../dist/src/embedding/worker.js' : './worker.js', import.meta.url);
}

function unusable(options: WorkerOptions, failure: string): UserError {
  const reason = failure.replace(/[.\s]+$/u, '');
  if (isAbsolute(options.model)) return new UserError(`The model in ${options.model} can't be loaded: ${reason}. Restore the folder or set EMBEDDING_MODEL.`);
  return new UserError(`The model ${options.model} can't be loaded: ${reason}. Check the name and the network, or set EMBEDDING_MODEL to a local folder.`);
}
