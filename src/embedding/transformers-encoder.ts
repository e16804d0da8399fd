import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { describe, UserError } from '../errors.ts';
import type { Encoded, Encoder, EncoderInfo, Memory, Reading, Role } from './encoder.ts';
import type { EncodeReply, EncodeRequest, EncoderReady, ReaderOptions, ReadReply, ReadRequest, WorkerOptions } from './protocol.ts';
import { MODEL_FILES, modelFolder, READER_FILES } from './settings.ts';
import { Thread } from './thread.ts';

/** Texts sent to the thread at a time: a question that arrives while a report is indexed waits for one such batch at most. */
const BATCH_TEXTS = 16;

type EncoderThread = Thread<EncoderReady, EncodeRequest, EncodeReply>;
type ReaderThread = Thread<undefined, ReadRequest, ReadReply>;

/** Encoder on the tokenizers of transformers.js and onnxruntime, and its reader, each in a thread of its own. */
export class TransformersEncoder implements Encoder {
  readonly info: EncoderInfo;
  readonly ended: Promise<string>;
  readonly #encoder: EncoderThread;
  readonly #reader: ReaderThread | undefined;
  /** Resolves when no pass is under way: the threads take turns, as each pass wants all cores. */
  #free: Promise<unknown> = Promise.resolve();

  private constructor(encoder: EncoderThread, reader: ReaderThread | undefined) {
    this.info = encoder.ready.info;
    this.#encoder = encoder;
    this.#reader = reader;
    this.ended = Promise.race([encoder.ended, ...(reader ? [reader.ended] : [])]);
  }

  /**
   * Starts the threads and loads the model there.
   *
   * @param onDownload called while files of a hub model arrive (bytes)
   * @throws UserError when the model is not there, not allowed to be downloaded, or not usable
   */
  static async load(options: WorkerOptions, onDownload?: (file: string, loaded: number, total: number) => void): Promise<TransformersEncoder> {
    const folder = modelFolder(options);
    if (isAbsolute(options.model) && !existsSync(folder)) {
      throw new UserError(`There is no model folder ${options.model}. Set EMBEDDING_MODEL to a folder in the transformers.js layout, or restore models/.`);
    }
    if (!isAbsolute(options.model) && options.hub === undefined && !existsSync(join(folder, MODEL_FILES.config))) {
      throw new UserError(
        `The model ${options.model} is not on this machine. Set EMBEDDING_ALLOW_DOWNLOAD=true to download it, or set EMBEDDING_MODEL to a local folder.`,
      );
    }
    const readerOptions: ReaderOptions = { folder, threads: options.threads };
    const [encoder, reader] = await Promise.allSettled([
      Thread.start<EncoderReady, EncodeRequest, EncodeReply>('worker', options, onDownload),
      existsSync(join(folder, READER_FILES.reader)) ? Thread.start<undefined, ReadRequest, ReadReply>('reader-worker', readerOptions) : undefined,
    ]);
    const failed = [encoder, reader].find((loaded) => loaded.status === 'rejected');
    if (encoder.status === 'fulfilled' && reader.status === 'fulfilled') {
      if (encoder.value.ready.info.reader) return new TransformersEncoder(encoder.value, reader.value);
      await reader.value?.close();
      return new TransformersEncoder(encoder.value, undefined);
    }
    await Promise.all([encoder, reader].map((loaded) => loaded.status === 'fulfilled' && loaded.value?.close()));
    throw unusable(options, failed?.reason);
  }

  async encode(texts: readonly string[], role: Role, onProgress?: (done: number) => void): Promise<Encoded[]> {
    // Alike lengths together: a batch is padded to its longest text.
    const order = texts.map((_, index) => index).sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
    const results = new Array<Encoded>(texts.length);
    let done = 0;
    for (let from = 0; from < order.length; from += BATCH_TEXTS) {
      const batch = order.slice(from, from + BATCH_TEXTS);
      const encoded = await this.#inTurn(() => this.#encoder.request({ role, texts: batch.map((index) => texts[index] ?? '') }));
      batch.forEach((index, at) => {
        const result = encoded[at];
        if (result) results[index] = result;
        onProgress?.(++done);
      });
    }
    return results;
  }

  async read(lower: Float32Array, memories: readonly Memory[]): Promise<readonly Reading[]> {
    const reader = this.#reader;
    if (!reader) throw new Error(`The model ${this.info.id} has no reader.`);
    // Copies of their own: a view that is posted takes the whole buffer under it along, and an index keeps all memories in one.
    const own = memories.map(({ start, scales, values }) => ({ start, scales: scales.slice(), values: values.slice() }));
    return this.#inTurn(() => reader.request({ lower, memories: own, skipped: this.#encoder.ready.skipped }));
  }

  async close(): Promise<void> {
    await Promise.all([this.#encoder.close(), this.#reader?.close()]);
  }

  #inTurn<T>(pass: () => Promise<T>): Promise<T> {
    const turn = this.#free.then(pass);
    this.#free = turn.catch(() => undefined);
    return turn;
  }
}

function unusable(options: WorkerOptions, failure: unknown): UserError {
  if (failure instanceof UserError) return failure;
  const reason = describe(failure).replace(/[.\s]+$/u, '');
  if (isAbsolute(options.model)) return new UserError(`The model in ${options.model} can't be loaded: ${reason}. Restore the folder or set EMBEDDING_MODEL.`);
  return new UserError(
    `The model ${options.model} can't be loaded: ${reason}. Check the name and the network; of a download that broke off, delete ${modelFolder(options)}; or set EMBEDDING_MODEL to a local folder.`,
  );
}
