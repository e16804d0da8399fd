import { dirname, join } from 'node:path';
import { env, type FeatureExtractionPipeline, pipeline } from '@huggingface/transformers';

/** The model that Isnad carries: every peer that embeds gets the same file. */
export const MODEL_FOLDER = join(import.meta.dirname, '../../models');
export const MODEL = 'multilingual-e5-small-ar-en';
/** What the model was trained with; without them every peer would find less. */
export const PREFIX = { query: 'query: ', passage: 'passage: ' } as const;
export const PIPELINE_OPTIONS = { dtype: 'q8', device: 'cpu' } as const;

env.allowRemoteModels = false;
env.localModelPath = MODEL_FOLDER;

let loaded: Promise<FeatureExtractionPipeline> | undefined;

/** Unit vectors of texts, by transformers.js as its documentation has it: mean pooling, normalized. */
export async function embed(texts: readonly string[], role: keyof typeof PREFIX, batch = 16): Promise<Float32Array[]> {
  loaded ??= pipeline('feature-extraction', MODEL, PIPELINE_OPTIONS);
  const extract = await loaded;
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += batch) {
    const output = await extract(
      texts.slice(from, from + batch).map((text) => PREFIX[role] + text),
      { pooling: 'mean', normalize: true },
    );
    const [rows = 0, dimensions = 0] = output.dims;
    for (let row = 0; row < rows; row++) vectors.push((output.data as Float32Array).slice(row * dimensions, (row + 1) * dimensions));
  }
  return vectors;
}

/** Version of a package that is installed beside this one. */
export async function version(name: string): Promise<string> {
  const { default: manifest } = (await import(join(dirname(import.meta.dirname), 'node_modules', name, 'package.json'), { with: { type: 'json' } })) as {
    default: { version: string };
  };
  return manifest.version;
}
