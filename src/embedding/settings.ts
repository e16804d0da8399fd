import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../errors.ts';
import type { Role } from './encoder.ts';
import type { WorkerOptions } from './protocol.ts';

// JSON's 1e999 is read as infinity.
const number = v.pipe(v.number(), v.finite());
const logistic = v.strictObject({
  bias: number,
  late: number,
  reader: number,
  agreement: number,
  ceiling: v.pipe(number, v.minValue(0), v.maxValue(1)),
});
const fit = v.strictObject({
  /** Weights of the z-scores, and of their sum beside the reader's relevance; see src/retrieval/fusion.ts. */
  fusion: v.strictObject({ dense: number, lexical: number, late: number, translation: number }),
  ranking: v.strictObject({ fused: number, reader: number }),
  /** By language of the question; see src/answer/confidence.ts. */
  confidence: v.strictObject({ ar: logistic, en: logistic }),
});

const means = v.strictObject({ ar: v.array(number), en: v.array(number) });

/** The model's own `isnad.json`, beside its `config.json`. Every field has a default, so a model without the file works too. */
const schema = v.strictObject({
  /** How token states become one vector. */
  pooling: v.optional(v.picklist(['mean', 'cls'])),
  queryPrefix: v.optional(v.string()),
  passagePrefix: v.optional(v.string()),
  /** Weights file by the names of transformers.js: `fp32` is onnx/model.onnx, `q8` onnx/model_quantized.onnx, others onnx/model_<dtype>.onnx. */
  dtype: v.optional(v.picklist(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'])),
  maxTokens: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(16))),
  /** Languages that questions may be in, as BCP 47 tags without region; without it, any. */
  languages: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z]{2,3}$/u))), v.minLength(1))),
  /** Mean unit token state of a large sample of texts of a role and language, `dimensions` numbers each; subtracted before late interaction. */
  tokenMean: v.optional(v.strictObject({ query: means, passage: means })),
  /** Whether a reader lies beside the weights: onnx/passages.onnx, reader.onnx and reader.weights. */
  reader: v.optional(v.boolean()),
  /** What `npm run fit` fitted to this model; see {@link Fit}. */
  fit: v.optional(fit),
});

/** By role and language: what all token states of such texts share tells nothing, so it is taken out (Mu & Viswanath 2018, arXiv 1702.01417). */
export type TokenMean = Readonly<Record<Role, Readonly<Record<'ar' | 'en', readonly number[]>>>>;

/** How the signals of a model are put together: they differ from model to model, so what was fitted lies with the model. */
export type Fit = v.InferOutput<typeof fit>;

/**
 * For a model that nothing was fitted to, and no reader: late interaction leads, exact words and the whole vector settle what it leaves close.
 * Confidence knows whether a question is on the report's topic by the MaxSim of the best passage; as no similarity can tell which questions on its
 * topic a report leaves open, it never exceeds the share of them that reports answer, three quarters. Fitted to multilingual-e5-small.
 */
export const DEFAULT_FIT: Fit = {
  fusion: { dense: 0.17, lexical: 0.17, late: 1.7, translation: 1.7 },
  ranking: { fused: 1, reader: 0 },
  confidence: {
    ar: { bias: -7.2, late: 25.4, reader: 0, agreement: 0, ceiling: 0.75 },
    en: { bias: -8.4, late: 31.7, reader: 0, agreement: 0, ceiling: 0.75 },
  },
};

export interface ModelSettings {
  readonly pooling: 'mean' | 'cls';
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  readonly dtype: NonNullable<v.InferOutput<typeof schema>['dtype']>;
  /** Tokens of one pass; `undefined`: what the tokenizer's settings say. */
  readonly maxTokens: number | undefined;
  readonly languages: readonly string[] | undefined;
  readonly tokenMean: TokenMean | undefined;
  readonly reader: boolean;
  readonly fit: Fit;
}

/**
 * @param id of the model: a name with `e5` in it has that family's prefixes by default, any other none
 * @param json text of `isnad.json`, if the model has one
 * @throws UserError when the file is not as expected
 */
export function modelSettings(id: string, json: string | undefined): ModelSettings {
  const e5 = /\be5\b/iu.test(id);
  const given = json === undefined ? {} : parse(id, json);
  return {
    pooling: given.pooling ?? 'mean',
    queryPrefix: given.queryPrefix ?? (e5 ? 'query: ' : ''),
    passagePrefix: given.passagePrefix ?? (e5 ? 'passage: ' : ''),
    dtype: given.dtype ?? 'q8',
    maxTokens: given.maxTokens,
    languages: given.languages,
    tokenMean: given.tokenMean,
    reader: given.reader ?? false,
    fit: given.fit ?? DEFAULT_FIT,
  };
}

function parse(id: string, json: string): v.InferOutput<typeof schema> {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new UserError(`isnad.json of the model ${id} is not valid JSON. Mend it or delete it.`, 1, { cause: error });
  }
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(`isnad.json of the model ${id}: ${v.getDotPath(issue) ?? ''}: ${issue.message}.`);
}

/** Files that every model has, beside its weights. */
export const MODEL_FILES = { config: 'config.json', tokenizer: 'tokenizer.json', tokenizerConfig: 'tokenizer_config.json' } as const;

/** Files of a reader, beside the model's weights. */
export const READER_FILES = { passages: 'onnx/passages.onnx', reader: 'onnx/reader.onnx', weights: 'onnx/reader.weights' } as const;

/** Folder of a model: as given, or where one of a hub is kept. */
export function modelFolder({ model, cacheFolder }: Pick<WorkerOptions, 'model' | 'cacheFolder'>): string {
  return isAbsolute(model) ? model : join(cacheFolder, model);
}

/** Files of a model's graphs. */
export function graphFiles({ dtype, reader }: ModelSettings): string[] {
  return [weightsFile(dtype), ...(reader ? Object.values(READER_FILES) : [])];
}

/** Weights file of a dtype, by the naming of transformers.js. */
export function weightsFile(dtype: ModelSettings['dtype']): string {
  const suffix = dtype === 'fp32' ? '' : dtype === 'q8' ? '_quantized' : `_${dtype}`;
  return `onnx/model${suffix}.onnx`;
}
