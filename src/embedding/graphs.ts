/** The graphs of encoder and reader. What those of the shipped model compute is told in models/training/network.py, how they are made in export.py there. */
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Memory, Reading } from './encoder.ts';
import { READER_FILES } from './settings.ts';

/** Layers of which a memory keeps the states. */
export const MEMORY_LAYERS = 4;
/** Output of a model with a reader: the states after its lower half. */
const LOWER_STATES = 'lower_hidden_state';
/** Longest answer, in tokens, as in training. */
const LONGEST_ANSWER = 40;

/** Texts of one pass, padded to the longest. */
export interface Batch {
  /** Tokens: [texts × longest] */
  readonly ids: BigInt64Array;
  /** 1 where there is a token: [texts × longest] */
  readonly mask: BigInt64Array;
  readonly texts: number;
  readonly longest: number;
}

/**
 * How every graph is run. Threads spin between the pieces of a pass, which makes it a tenth faster, and no longer: encoder and reader take turns, and those of
 * one would take the cores from the other's.
 *
 * @param threads of one pass
 */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return { intraOpNumThreads: threads, interOpNumThreads: 1, extra: { session: { force_spinning_stop: '1' } } };
}

/** The encoder's pass over texts. */
export class EncoderGraph {
  readonly #graph: InferenceSession;

  private constructor(graph: InferenceSession) {
    this.#graph = graph;
  }

  /** @param file of the weights; @param threads of one pass */
  static async load(file: string, threads: number): Promise<EncoderGraph> {
    return new EncoderGraph(await InferenceSession.create(file, sessionOptions(threads)));
  }

  /** Whether it gives the states after its lower half, where a reader begins. */
  get givesLower(): boolean {
    return this.#graph.outputNames.includes(LOWER_STATES);
  }

  /** @returns its last states, and those after its lower half where it gives them: [texts × longest × dimensions] */
  async encode({ ids, mask, texts, longest }: Batch): Promise<{ hidden: Float32Array; lower?: Float32Array }> {
    const shape = [texts, longest];
    const inputs: Record<string, Tensor> = { input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) };
    // Of one text after the other, not of pairs.
    if (this.#graph.inputNames.includes('token_type_ids')) inputs['token_type_ids'] = new Tensor('int64', new BigInt64Array(ids.length), shape);
    const output = await this.#graph.run(inputs);
    const lower = output[LOWER_STATES]?.data as Float32Array | undefined;
    return { hidden: output['last_hidden_state']?.data as Float32Array, ...(lower && { lower }) };
  }
}

/** The encoder's pass over passages, and what the reader keeps of them. */
export class PassageEncoder {
  readonly #load: () => Promise<InferenceSession>;
  #graph: Promise<InferenceSession> | undefined;

  /** @param folder of the model; @param threads of one pass */
  constructor(folder: string, threads: number) {
    this.#load = () => InferenceSession.create(join(folder, READER_FILES.passages), sessionOptions(threads));
  }

  /**
   * The graph is loaded with the first passages: where an index is there, nobody needs it.
   *
   * @param rows tokens of each text
   * @returns the encoder's last states, [texts × longest × dimensions], and what is kept of the first `rows[i]` tokens of each text
   */
  async encode({ ids, mask, texts, longest }: Batch, rows: readonly number[]): Promise<{ hidden: Float32Array; memories: Omit<Memory, 'start'>[] }> {
    this.#graph ??= this.#load().catch((error: unknown) => {
      this.#graph = undefined;
      throw error;
    });
    const graph = await this.#graph;
    const shape = [texts, longest];
    const output = await graph.run({ input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) });
    const values = output['memory']?.data as Int8Array;
    const scales = output['scale']?.data as Float32Array;
    const width = values.length / (texts * longest);
    const memories = rows.map((count, text) => ({
      values: values.slice(text * longest * width, (text * longest + count) * width),
      scales: scales.slice(text * longest * MEMORY_LAYERS, (text * longest + count) * MEMORY_LAYERS),
    }));
    return { hidden: output['last_hidden_state']?.data as Float32Array, memories };
  }
}

export class Reader {
  readonly #graph: InferenceSession;

  private constructor(graph: InferenceSession) {
    this.#graph = graph;
  }

  /** @param folder of the model; @param threads of one pass */
  static async load(folder: string, threads: number): Promise<Reader> {
    return new Reader(await InferenceSession.create(join(folder, READER_FILES.reader), sessionOptions(threads)));
  }

  /**
   * @param question its states of the encoder's lower half
   * @param skipped rows before a passage's first token: the special one and the prefix
   */
  async read(question: Float32Array, memories: readonly Memory[], skipped: number): Promise<Reading[]> {
    const [first] = memories;
    if (!first) return [];
    const d = first.values.length / first.scales.length;
    const lengths = memories.map((memory) => memory.scales.length / MEMORY_LAYERS);
    const longest = Math.max(...lengths);
    // The passages' rows one after the other; only where tokens attend to each other they are padded.
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const values = new Int8Array(rows * MEMORY_LAYERS * d);
    const scales = new Float32Array(rows * MEMORY_LAYERS);
    const [owner, at] = [new BigInt64Array(rows), new BigInt64Array(rows)];
    const [mask, place] = [new BigInt64Array(memories.length * longest), new BigInt64Array(memories.length * longest)];
    const firstRow: number[] = [];
    let row = 0;
    for (const [i, memory] of memories.entries()) {
      firstRow.push(row);
      values.set(memory.values, row * MEMORY_LAYERS * d);
      scales.set(memory.scales, row * MEMORY_LAYERS);
      for (let token = 0; token < (lengths[i] ?? 0); token++, row++) {
        owner[row] = BigInt(i);
        at[row] = BigInt(token);
        mask[i * longest + token] = 1n;
        place[i * longest + token] = BigInt(row);
      }
    }
    const padded = [memories.length, longest];
    const output = await this.#graph.run({
      question: new Tensor('float32', question, [1, question.length / d, d]),
      memory: new Tensor('int8', values, [rows, MEMORY_LAYERS, d]),
      scale: new Tensor('float32', scales, [rows, MEMORY_LAYERS, 1]),
      memory_mask: new Tensor('int64', mask, padded),
      place: new Tensor('int64', place, padded),
      owner: new Tensor('int64', owner, [rows]),
      at: new Tensor('int64', at, [rows]),
    });
    const relevance = output['relevance']?.data as Float32Array;
    const logits = output['span']?.data as Float32Array;
    return memories.map(({ start }, i) => {
      const begin = firstRow[i] ?? 0;
      const span = bestSpan(logits.subarray(2 * (begin + skipped), 2 * (begin + (lengths[i] ?? 0) - 1)));
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
