/** The encoder's thread: a forward pass blocks whoever calls it, so it is never the thread that serves people. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { UserError } from '../errors.ts';
import { detectLanguage } from '../text/language.ts';
import { sha256OfFile, verifiedFiles } from './checksums.ts';
import type { Encoded, EncoderInfo, Memory, Role } from './encoder.ts';
import { type Batch, EncoderGraph, PassageEncoder } from './graphs.ts';
import type { EncodeReply, EncodeRequest, EncoderReady, WorkerOptions } from './protocol.ts';
import { type Answered, serve, tell } from './serve.ts';
import { graphFiles, MODEL_FILES, type ModelSettings, modelFolder, modelSettings, type TokenMean, weightsFile } from './settings.ts';
import { type Window, windows } from './windows.ts';

/** Tokens that two neighbouring windows of a long passage share. */
const OVERLAP = 64;
/** Padded tokens of one forward pass: larger batches gain nothing on a CPU and keep a question waiting. */
const BATCH_TOKENS = 2048;
/** Tokens of one pass where the model's own settings say no fewer: of almost all encoders it is the limit. */
const MOST_TOKENS = 512;
/** Pieces of words met before; a report repeats its words. */
const CACHE_WORDS = 50_000;

interface Model {
  readonly tokenizer: Tokenizer;
  readonly network: EncoderGraph;
  readonly settings: ModelSettings;
  readonly means: TokenMean | undefined;
  /** Of a model with a reader. */
  readonly passages: PassageEncoder | undefined;
  readonly info: EncoderInfo;
  readonly special: SpecialTokens;
}

/** Ids of the tokens that stand around a text: `<s>` `</s>` or their like, and what fills a batch up. */
interface SpecialTokens {
  readonly begin: number;
  readonly finish: number;
  readonly padding: number;
}

/** What is needed of a model's own `config.json` and `tokenizer_config.json`. A limit of 10^30 stands for none. */
const networkConfig = v.object({ hidden_size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const tokenizerConfig = v.looseObject({
  model_max_length: v.optional(v.number()),
  pad_token: v.optional(
    v.nullable(
      v.union([
        v.string(),
        v.pipe(
          v.object({ content: v.string() }),
          v.transform(({ content }) => content),
        ),
      ]),
    ),
  ),
});

/** A text cut into tokens, and where each token's word stands in it. */
interface Tokens {
  readonly ids: readonly number[];
  readonly spans: Uint32Array;
}

/** The tokenizer's time grows with the square of a word's length, so a run without white space is cut. */
const WORD = /\S{1,100}/gu;
const wordPieces = new Map<string, readonly number[]>();

async function load(options: WorkerOptions): Promise<Model> {
  const local = isAbsolute(options.model);
  const folder = modelFolder(options);
  const verified = local ? verifiedFiles(folder) : new Map<string, string>();
  const id = local ? basename(options.model) : options.model;
  const settings = settingsOf(id, folder);
  const files = [...Object.values(MODEL_FILES), ...graphFiles(settings)];
  const missing = () => files.find((file) => !existsSync(join(folder, file)));
  if (!local && options.hub !== undefined && missing() !== undefined) {
    // Imported where it is needed only: without it the start is sooner.
    const { download } = await import('./download.ts');
    await download(options, settings.dtype, tell);
  }
  const without = missing();
  if (without !== undefined) throw new UserError(`The model folder ${folder} has no ${without}.`);
  const loaded = await loadFrom(id, folder, settings, options);
  return { ...loaded, info: { ...loaded.info, sha256: digest(folder, settings, verified) } };
}

function settingsOf(id: string, folder: string): ModelSettings {
  const file = join(folder, 'isnad.json');
  return modelSettings(id, existsSync(file) ? readFileSync(file, 'utf8') : undefined);
}

type Loaded = Omit<Model, 'info'> & { readonly info: Omit<EncoderInfo, 'sha256'> };

async function loadFrom(id: string, folder: string, settings: ModelSettings, { threads, centre }: WorkerOptions): Promise<Loaded> {
  const json = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const tokenizerSettings = v.parse(tokenizerConfig, json(MODEL_FILES.tokenizerConfig));
  const tokenizer = new Tokenizer(json(MODEL_FILES.tokenizer) as object, tokenizerSettings);
  const network = await EncoderGraph.load(join(folder, weightsFile(settings.dtype)), threads);
  const { hidden_size: dimensions } = v.parse(networkConfig, json(MODEL_FILES.config));
  for (const mean of Object.values(settings.tokenMean ?? {}).flatMap((byLanguage) => Object.values(byLanguage))) {
    if (mean.length !== dimensions) throw new UserError(`isnad.json of the model ${id}: a tokenMean has ${mean.length} numbers, expected ${dimensions}.`);
  }
  if (settings.reader && !network.givesLower) throw new UserError(`The model ${id} gives no lower_hidden_state for its reader.`);
  const passages = settings.reader ? new PassageEncoder(folder, threads) : undefined;
  const maxTokens = settings.maxTokens ?? Math.min(tokenizerSettings.model_max_length ?? MOST_TOKENS, MOST_TOKENS);
  const info = { id, dimensions, maxTokens, languages: settings.languages, reader: passages !== undefined, fit: settings.fit };
  const special = specialTokens(tokenizer, tokenizerSettings.pad_token ?? undefined);
  return { tokenizer, network, settings, means: centre === false ? undefined : settings.tokenMean, passages, info, special };
}

function specialTokens(tokenizer: Tokenizer, padding: string | undefined): SpecialTokens {
  const { ids } = tokenizer.encode('');
  const begin = ids.at(0);
  const finish = ids.at(-1);
  if (begin === undefined || finish === undefined) throw new UserError("This model's tokenizer adds no special tokens: it is not a sentence encoder.");
  return { begin, finish, padding: (padding === undefined ? undefined : tokenizer.token_to_id(padding)) ?? 0 };
}

/** SHA-256 over every file of the model that is used, hexadecimal. @param known those that have been read */
function digest(folder: string, settings: ModelSettings, known: ReadonlyMap<string, string>): string {
  const all = createHash('sha256');
  const files = [...Object.values(MODEL_FILES), 'isnad.json', ...graphFiles(settings)];
  for (const file of files) {
    const path = join(folder, file);
    if (existsSync(path)) all.update(file).update(known.get(file) ?? sha256OfFile(path));
  }
  return all.digest('hex');
}

/** Pieces of a text, word by word: the tokenizer splits at white space first, so words can be cut one at a time and keep their place. */
function tokenize(model: Model, text: string): Tokens {
  const ids: number[] = [];
  const spans: number[] = [];
  for (const match of text.matchAll(WORD)) {
    const end = match.index + match[0].length;
    for (const id of pieces(model, match[0])) {
      ids.push(id);
      spans.push(match.index, end);
    }
  }
  return { ids, spans: Uint32Array.from(spans) };
}

function pieces(model: Model, word: string): readonly number[] {
  const known = wordPieces.get(word);
  if (known) return known;
  if (wordPieces.size >= CACHE_WORDS) wordPieces.clear();
  const ids = model.tokenizer.encode(word, { add_special_tokens: false }).ids;
  wordPieces.set(word, ids);
  return ids;
}

interface Pass {
  readonly text: number;
  readonly window: Window;
  readonly windowIndex: number;
  readonly ids: readonly number[];
  /** Subtracted from every token state. */
  readonly mean: readonly number[] | undefined;
}

/** What {@link encode} fills in, pass by pass. */
interface Filling extends Encoded {
  lower: Float32Array;
  readonly memories: Memory[];
}

async function encode(model: Model, request: EncodeRequest): Promise<Encoded[]> {
  const { info } = model;
  const prefix = prefixOf(model, request.role);
  const size = info.maxTokens - prefix.length - 2;
  const passes: Pass[] = [];
  const results = request.texts.map((text, index): Filling => {
    const tokens = tokenize(model, text);
    const length = request.role === 'query' ? Math.min(tokens.ids.length, size) : tokens.ids.length;
    const cut = windows(length, size, OVERLAP);
    const mean = model.means?.[request.role][detectLanguage(text) === 'en' ? 'en' : 'ar'];
    cut.forEach((window, windowIndex) => {
      passes.push({
        text: index,
        window,
        windowIndex,
        ids: [model.special.begin, ...prefix, ...tokens.ids.slice(window.start, window.end), model.special.finish],
        mean,
      });
    });
    return {
      vectors: new Float32Array(cut.length * info.dimensions),
      states: new Float32Array(length * info.dimensions),
      spans: tokens.spans.slice(0, 2 * length),
      lower: new Float32Array(0),
      memories: [],
    };
  });
  passes.sort((a, b) => a.ids.length - b.ids.length);
  for (let from = 0; from < passes.length; ) {
    let to = from + 1;
    while (to < passes.length && (to + 1 - from) * (passes[to]?.ids.length ?? 0) <= BATCH_TOKENS) to++;
    await forward(model, passes.slice(from, to), prefix.length, request.role, results);
    from = to;
  }
  // Passes are in the order of their lengths.
  for (const { memories } of results) memories.sort((a, b) => a.start - b.start);
  return results;
}

/** Pieces of what a model expects before a text of this role. */
function prefixOf(model: Model, role: Role): readonly number[] {
  return tokenize(model, role === 'query' ? model.settings.queryPrefix : model.settings.passagePrefix).ids;
}

async function forward(model: Model, batch: readonly Pass[], prefix: number, role: Role, results: readonly Filling[]): Promise<void> {
  const longest = Math.max(...batch.map((pass) => pass.ids.length));
  const ids = new BigInt64Array(batch.length * longest).fill(BigInt(model.special.padding));
  const mask = new BigInt64Array(batch.length * longest);
  batch.forEach((pass, row) => {
    pass.ids.forEach((id, at) => {
      ids[row * longest + at] = BigInt(id);
      mask[row * longest + at] = 1n;
    });
  });
  const { hidden, lower, memories } = await statesOf(model, { ids, mask, texts: batch.length, longest }, batch, role);
  const d = model.info.dimensions;
  batch.forEach((pass, row) => {
    const target = results[pass.text];
    if (!target) return;
    const { mean } = pass;
    const base = row * longest * d;
    const vector = target.vectors.subarray(pass.windowIndex * d, (pass.windowIndex + 1) * d);
    const pooled = model.settings.pooling === 'cls' ? 1 : pass.ids.length;
    for (let t = 0; t < pooled; t++) for (let k = 0; k < d; k++) vector[k] = (vector[k] ?? 0) + (hidden[base + t * d + k] ?? 0);
    normalize(vector);
    for (let token = pass.window.keepStart; token < pass.window.keepEnd; token++) {
      const from = base + (1 + prefix + token - pass.window.start) * d;
      const state = target.states.subarray(token * d, (token + 1) * d);
      state.set(hidden.subarray(from, from + d));
      normalize(state);
      if (!mean) continue;
      for (let k = 0; k < d; k++) state[k] = (state[k] ?? 0) - (mean[k] ?? 0);
      normalize(state);
    }
  });
  batch.forEach((pass, row) => {
    const target = results[pass.text];
    if (!target) return;
    if (lower) target.lower = lower.slice(row * longest * d, (row * longest + pass.ids.length) * d);
    const memory = memories?.[row];
    if (memory) target.memories.push({ start: pass.window.start, ...memory });
  });
}

/** What a pass gives: the last states, and for the reader a question's lower states or the passages' memories. */
interface States {
  readonly hidden: Float32Array;
  readonly lower?: Float32Array;
  readonly memories?: readonly Omit<Memory, 'start'>[];
}

/** Passages go through a graph of their own where the model has a reader: many rows at a time are faster in it, and it gives their memories too. */
async function statesOf(model: Model, batch: Batch, passes: readonly Pass[], role: Role): Promise<States> {
  if (role === 'passage' && model.passages)
    return model.passages.encode(
      batch,
      passes.map((pass) => pass.ids.length),
    );
  const { hidden, lower } = await model.network.encode(batch);
  return { hidden, ...(model.passages && lower && { lower }) };
}

function normalize(vector: Float32Array): void {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] ?? 0) * scale;
}

function handedOver(encoded: readonly Encoded[]): Answered<EncodeReply> {
  const buffers = encoded.flatMap((e) => [
    ...[e.vectors, e.states, e.spans, e.lower].map((array) => array.buffer),
    ...e.memories.flatMap((memory) => [memory.values.buffer, memory.scales.buffer]),
  ]);
  return { reply: encoded, transfer: buffers as ArrayBuffer[] };
}

await serve<EncoderReady, EncodeRequest, EncodeReply>(async () => {
  const model = await load(workerData as WorkerOptions);
  return {
    ready: { info: model.info, skipped: 1 + prefixOf(model, 'passage').length },
    answer: async (request) => handedOver(await encode(model, request)),
  };
});
