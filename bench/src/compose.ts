/**
 * Passages put together from sentences that were embedded once: a hundred thousand of them would take hours, for every peer anew. What is made
 * has the shapes and sizes that the model would give, so an index of it is as large and as fast as one of embedded passages.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { writeWhole } from './files.ts';
import { configuration, encoding, windowing } from './isnad.ts';
import type { ComposeJob, ComposeResult } from './jobs.ts';
import { LAYERS } from './model.ts';
import { joined, type Sentences } from './passages.ts';

type Encoder = import('../../src/embedding/encoder.ts').Encoder;
type Encoded = import('../../src/embedding/encoder.ts').Encoded;
type Memory = import('../../src/embedding/encoder.ts').Memory;
type Windows = typeof import('../../src/embedding/windows.ts').windows;

/** Tokens that two neighbouring windows share, as in the product's embedding/worker.ts. */
const OVERLAP = 64;
/** Sentences embedded once for all sizes, beside the folders of the passages. */
const EMBEDDED = 'sentences.bin';

/** A run of rows of a {@link Memory}: one a token. */
type Rows = Pick<Memory, 'values' | 'scales'>;

interface EmbeddedSentences {
  /** SHA-256 of the model. */
  readonly model: string;
  readonly sentences: readonly string[];
  readonly encoded: readonly Encoded[];
}

export async function composeVectors({ passages }: ComposeJob): Promise<ComposeResult> {
  const [{ TransformersEncoder }, { loadConfig }] = await Promise.all([encoding(), configuration()]);
  const encoder = await TransformersEncoder.load(loadConfig().embedding);
  const { composer, of } = await composerIn(passages, encoder);
  const { dimensions } = encoder.info;
  const vectors = new Float32Array(of.length * dimensions);
  // Who takes one vector a passage takes that of its beginning: the rest is cut off.
  for (const [passage, numbers] of of.entries()) vectors.set(composer.vectors(numbers).subarray(0, dimensions), passage * dimensions);
  await writeWhole(join(passages, 'vectors.f32'), new Uint8Array(vectors.buffer));
  await encoder.close();
  return { sentences: composer.sentences, passages: of.length };
}

/**
 * The encoder, but that passages of a folder are composed. It is the same model to whoever looks, so an index built with it is opened without it.
 *
 * @param folder with `sentences.json`
 */
export async function composing(encoder: Encoder, folder: string): Promise<Encoder> {
  const { composer, sentences, of } = await composerIn(folder, encoder);
  const known = new Map(of.map((numbers) => [joined(numbers.map((number) => sentences[number] ?? '')), numbers]));
  return {
    info: encoder.info,
    ended: encoder.ended,
    async encode(texts, role, onProgress) {
      const numbersOf = texts.map((text) => (role === 'passage' ? known.get(text) : undefined));
      const unknown = texts.filter((_, i) => !numbersOf[i]);
      const encoded = unknown.length > 0 ? await encoder.encode(unknown, role) : [];
      let next = 0;
      return numbersOf.map((numbers, i) => {
        onProgress?.(i + 1);
        return numbers ? composer.passage(numbers) : (encoded[next++] as Encoded);
      });
    },
    read: encoder.read.bind(encoder),
    close: encoder.close.bind(encoder),
  };
}

async function composerIn(folder: string, encoder: Encoder): Promise<{ readonly composer: Composer } & Sentences> {
  const { sentences, of } = JSON.parse(await readFile(join(folder, 'sentences.json'), 'utf8')) as Sentences;
  const encoded = await embedded(join(folder, '..', EMBEDDED), sentences, encoder);
  return { composer: new Composer(sentences, encoded, encoder.info, (await windowing()).windows), sentences, of };
}

/** Sentences as they are kept in a file; embedded and kept where it has others, or those of another model. */
async function embedded(file: string, sentences: readonly string[], encoder: Encoder): Promise<readonly Encoded[]> {
  const model = encoder.info.sha256;
  if (existsSync(file)) {
    const kept = deserialize(await readFile(file)) as EmbeddedSentences;
    if (kept.model === model && kept.sentences.join('\n') === sentences.join('\n')) return kept.encoded;
  }
  const encoded = await encoder.encode(sentences, 'passage');
  await writeWhole(file, serialize({ model, sentences, encoded } satisfies EmbeddedSentences));
  return encoded;
}

class Composer {
  readonly #sentences: readonly string[];
  readonly #encoded: readonly Encoded[];
  readonly #dimensions: number;
  /** Rows of a memory that are no token of the text: its beginning and the prefix, and its end. */
  readonly #special: number;
  /** Tokens of a window. */
  readonly #size: number;
  readonly #windows: Windows;

  constructor(sentences: readonly string[], encoded: readonly Encoded[], { dimensions, maxTokens }: Encoder['info'], windows: Windows) {
    this.#sentences = sentences;
    this.#encoded = encoded;
    this.#dimensions = dimensions;
    this.#windows = windows;
    const whole = encoded.find(({ memories }) => memories.length === 1);
    if (!whole?.memories[0]) throw new Error('The model has no reader: there is nothing to compose for it.');
    this.#special = rowsIn(whole.memories[0]) - tokensOf(whole);
    this.#size = maxTokens - this.#special;
  }

  get sentences(): number {
    return this.#sentences.length;
  }

  /** Of each window the mean of its sentences' vectors, weighted by their tokens in it, brought to length 1. */
  vectors(numbers: readonly number[]): Float32Array {
    const parts = this.#parts(numbers);
    const cut = this.#windows(sum(parts.map(tokensOf)), this.#size, OVERLAP);
    const vectors = new Float32Array(cut.length * this.#dimensions);
    for (const [row, { start, end }] of cut.entries()) {
      const vector = vectors.subarray(row * this.#dimensions, (row + 1) * this.#dimensions);
      let from = 0;
      for (const part of parts) {
        const to = from + tokensOf(part);
        const weight = Math.max(0, Math.min(end, to) - Math.max(start, from));
        for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] ?? 0) + weight * (part.vectors[k] ?? 0);
        from = to;
      }
      const length = Math.sqrt(vector.reduce((all, x) => all + x * x, 0));
      for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] ?? 0) / length;
    }
    return vectors;
  }

  passage(numbers: readonly number[]): Encoded {
    const parts = this.#parts(numbers);
    const tokens = sum(parts.map(tokensOf));
    const states = new Float32Array(tokens * this.#dimensions);
    const spans = new Uint32Array(2 * tokens);
    let token = 0;
    let place = 0;
    for (const [i, part] of parts.entries()) {
      states.set(part.states, token * this.#dimensions);
      for (const [at, unit] of part.spans.entries()) spans[2 * token + at] = unit + place;
      token += tokensOf(part);
      place += (this.#sentences[numbers[i] ?? -1]?.length ?? 0) + 1;
    }
    return { vectors: this.vectors(numbers), states, spans, lower: new Float32Array(0), memories: this.#memories(parts, tokens) };
  }

  /** The head of the first sentence, the tokens of all that are in a window, the tail of the last. */
  #memories(parts: readonly Encoded[], tokens: number): Memory[] {
    const [head, tail] = [parts[0]?.memories[0], parts.at(-1)?.memories.at(-1)];
    if (!head || !tail) throw new Error('A passage without sentences can not be composed.');
    const content = parts.flatMap((part) => this.#content(part));
    const found = sum(content.map(rowsIn));
    if (found !== tokens) throw new Error(`A passage of ${tokens} tokens was composed of ${found}.`);
    return this.#windows(tokens, this.#size, OVERLAP).map(({ start, end }) => ({
      start,
      ...together([rows(head, 0, this.#special - 1), ...within(content, start, end), rows(tail, rowsIn(tail) - 1, rowsIn(tail))]),
    }));
  }

  /** Rows of a sentence's tokens; of a token in two windows, those of the first. */
  #content({ memories }: Encoded): Rows[] {
    let next = 0;
    return memories.map((memory) => {
      const before = this.#special - 1;
      const end = rowsIn(memory) - 1;
      const own = rows(memory, before + next - memory.start, end);
      next = memory.start + end - before;
      return own;
    });
  }

  #parts(numbers: readonly number[]): Encoded[] {
    return numbers.flatMap((number) => this.#encoded[number] ?? []);
  }
}

function tokensOf({ spans }: Encoded): number {
  return spans.length / 2;
}

function rowsIn({ scales }: Rows): number {
  return scales.length / LAYERS;
}

function rows({ values, scales }: Rows, from: number, to: number): Rows {
  const width = values.length / (scales.length / LAYERS);
  return { values: values.subarray(from * width, to * width), scales: scales.subarray(from * LAYERS, to * LAYERS) };
}

/** Of runs that follow each other the rows from `start` to `end`. */
function within(runs: readonly Rows[], start: number, end: number): Rows[] {
  let from = 0;
  return runs.map((run) => {
    const at = from;
    from += rowsIn(run);
    return rows(run, Math.max(0, start - at), Math.max(0, Math.min(end, from) - at));
  });
}

function together(runs: readonly Rows[]): Rows {
  const values = new Int8Array(sum(runs.map((run) => run.values.length)));
  const scales = new Float32Array(sum(runs.map((run) => run.scales.length)));
  let [value, scale] = [0, 0];
  for (const run of runs) {
    values.set(run.values, value);
    scales.set(run.scales, scale);
    value += run.values.length;
    scale += run.scales.length;
  }
  return { values, scales };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
