import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import { threadFile } from '../thread-file.ts';
import type { FromThread, ToThread } from './protocol.ts';

/**
 * Stack of a thread; only what is used of it takes memory. As it starts, onnxruntime 1.30 matches the process's command line with a regular
 * expression that recurs at every character: with Node's four megabytes, a question of a few thousand letters as an argument ended the process.
 */
const STACK_MEGABYTES = 256;

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that answers requests, seen from outside; ./serve.ts is its inner side. */
export class Thread<Ready, Request, Reply> {
  #nextId = 0;
  #ended: Error | undefined;
  readonly #waiting = new Map<number, Waiting<Reply>>();
  readonly #worker: Worker;

  /** What it tells once it has loaded. */
  readonly ready: Ready;
  /** Settles with the reason when it can serve no more: closed, or it died. */
  readonly ended: Promise<string>;

  private constructor(worker: Worker, ready: Ready) {
    this.#worker = worker;
    this.ready = ready;
    worker.on('message', (message: FromThread<Ready, Reply>) => {
      if (message.type === 'reply') this.#settle(message.id, (waiting) => waiting.resolve(message.reply));
      else if (message.type === 'error') this.#settle(message.id, (waiting) => waiting.reject(new Error(message.message)));
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
   * Starts a thread and waits until it has loaded.
   *
   * @param name of the module in this folder that it runs
   * @param data that it is started with
   * @param onDownload called while files arrive (bytes)
   * @throws UserError what it failed with, if the user can put it right
   * @throws Error what else it failed with
   */
  static async start<Ready, Request, Reply>(
    name: string,
    data: unknown,
    onDownload?: (file: string, loaded: number, total: number) => void,
  ): Promise<Thread<Ready, Request, Reply>> {
    const worker = new Worker(threadFile(`embedding/${name}`), { workerData: data, name: `isnad-${name}`, resourceLimits: { stackSizeMb: STACK_MEGABYTES } });
    const ready = await new Promise<Ready>((resolve, reject) => {
      worker.on('message', (message: FromThread<Ready, Reply>) => {
        if (message.type === 'download') onDownload?.(message.file, message.loaded, message.total);
        else if (message.type === 'ready') resolve(message.ready);
        else if (message.type === 'failed') reject(message.byUser ? new UserError(message.message) : new Error(message.message));
      });
      worker.on('error', (error) => reject(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', (code) => reject(new Error(`the encoder's thread ended with code ${code}`)));
    }).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    return new Thread(worker, ready);
  }

  request(request: Request): Promise<Reply> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // A thread that nothing waits for must not keep the process alive.
      this.#worker.ref();
      this.#send({ type: 'request', id, request });
    });
  }

  /** Ends it after the pass under way; what waits rejects, and later requests do. */
  async close(): Promise<void> {
    this.#end(new Error('The encoder was closed.'));
    // Its end is waited for: leaving while it is within a pass takes the process down.
    this.#worker.ref();
    this.#send({ type: 'close' });
    await this.ended;
  }

  #send(message: ToThread<Request>): void {
    this.#worker.postMessage(message);
  }

  #settle(id: number, how: (waiting: Waiting<Reply>) => void): void {
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
