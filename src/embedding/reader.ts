/** The reader's two graphs. What they compute is told in models/training/network.py, how they are made in export.py there. */
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Memory, Reading } from './encoder.ts';

/** Files of a reader, beside the model's weights. */
export const READER_FILES = ['onnx/reader_memory.onnx', 'onnx/reader.onnx', 'onnx/reader.weights'] as const;
/** Layers of which a memory keeps the states. */
export const MEMORY_LAYERS = 4;
/** Longest answer, in tokens, as in training. */
const LONGEST_ANSWER = 40;

/** Rows of a padded batch that count. */
export interface Batch {
  /** 1 where there is a token: [texts × longest] */
  readonly mask: BigInt64Array;
  readonly texts: number;
  readonly longest: number;
}

/**
 * How every graph is run. Threads that spin between two pieces of work take the cores from the next graph's: encoder and reader take turns.
 *
 * @param threads of one pass
 */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return { intraOpNumThreads: threads, interOpNumThreads: 1, extra: { session: { intra_op: { allow_spinning: '0' } } } };
}

export class Reader {
  readonly #memory: InferenceSession;
  readonly #reader: InferenceSession;
  readonly #dimensions: number;

  private constructor(memory: InferenceSession, reader: InferenceSession, dimensions: number) {
    this.#memory = memory;
    this.#reader = reader;
    this.#dimensions = dimensions;
  }

  /** @param folder of the model; @param threads of one pass */
  static async load(folder: string, dimensions: number, threads: number): Promise<Reader> {
    const options = sessionOptions(threads);
    const [memory, reader] = await Promise.all([
      InferenceSession.create(join(folder, READER_FILES[0]), options),
      InferenceSession.create(join(folder, READER_FILES[1]), options),
    ]);
    return new Reader(memory, reader, dimensions);
  }

  /**
   * @param lower states of the encoder's lower half: [texts × longest × dimensions]
   * @returns for each text of the batch what is kept of its first `rows[i]` tokens
   */
  async remember(lower: Float32Array, batch: Batch, rows: readonly number[]): Promise<Omit<Memory, 'start'>[]> {
    const { texts, longest, mask } = batch;
    const output = await this.#memory.run({
      lower_hidden_state: new Tensor('float32', lower, [texts, longest, this.#dimensions]),
      attention_mask: new Tensor('int64', mask, [texts, longest]),
    });
    const values = output['memory']?.data as Int8Array;
    const scales = output['scale']?.data as Float32Array;
    const width = MEMORY_LAYERS * this.#dimensions;
    return rows.map((count, text) => ({
      values: values.slice(text * longest * width, (text * longest + count) * width),
      scales: scales.slice(text * longest * MEMORY_LAYERS, (text * longest + count) * MEMORY_LAYERS),
    }));
  }

  /**
   * @param question its states of the encoder's lower half
   * @param skipped rows before a passage's first token: the special one and the prefix
   */
  async read(question: Float32Array, memories: readonly Memory[], skipped: number): Promise<Reading[]> {
    if (memories.length === 0) return [];
    const d = this.#dimensions;
    const rows = memories.map((memory) => memory.scales.length / MEMORY_LAYERS);
    const longest = Math.max(...rows);
    const values = new Int8Array(memories.length * longest * MEMORY_LAYERS * d);
    const scales = new Float32Array(memories.length * longest * MEMORY_LAYERS);
    const mask = new BigInt64Array(memories.length * longest);
    memories.forEach((memory, i) => {
      values.set(memory.values, i * longest * MEMORY_LAYERS * d);
      scales.set(memory.scales, i * longest * MEMORY_LAYERS);
      mask.fill(1n, i * longest, i * longest + (rows[i] ?? 0));
    });
    const output = await this.#reader.run({
      question: new Tensor('float32', question, [1, question.length / d, d]),
      memory: new Tensor('int8', values, [memories.length, longest, MEMORY_LAYERS, d]),
      scale: new Tensor('float32', scales, [memories.length, longest, MEMORY_LAYERS, 1]),
      memory_mask: new Tensor('int64', mask, [memories.length, longest]),
    });
    const relevance = output['relevance']?.data as Float32Array;
    const logits = output['span']?.data as Float32Array;
    return memories.map(({ start }, i) => {
      const span = bestSpan(logits.subarray(2 * (i * longest + skipped), 2 * (i * longest + (rows[i] ?? 0) - 1)));
      return { relevance: relevance[i] ?? 0, answer: span && { first: start + span.first, last: start + span.last } };
    });
  }
}

/**
 * The run of tokens whose start and end logits sum highest.
 *
 * @param logits start and end, [tokens × 2]
 * @returns first and last token, inclusive, at most 40 apart; `undefined` without tokens
 */
export function bestSpan(logits: Float32Array): { first: number; last: number } | undefined {
  let best: { first: number; last: number } | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  const tokens = logits.length / 2;
  for (let first = 0; first < tokens; first++) {
    for (let last = first; last < Math.min(tokens, first + LONGEST_ANSWER); last++) {
      const sum = (logits[2 * first] ?? 0) + (logits[2 * last + 1] ?? 0);
      if (sum <= highest) continue;
      highest = sum;
      best = { first, last };
    }
  }
  return best;
}
