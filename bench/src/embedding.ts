import { type FeatureExtractionPipeline, pipeline } from '@huggingface/transformers';
import { asEmbedding } from './clock.ts';
import './local-models.ts';
import { MODEL, PIPELINE_OPTIONS, PREFIX } from './model.ts';

/** Texts of one forward pass. */
const BATCH = 16;

let loaded: Promise<FeatureExtractionPipeline> | undefined;

/** Unit vectors of texts, by transformers.js as its documentation has it: mean pooling, normalized. */
export function embed(texts: readonly string[], role: keyof typeof PREFIX): Promise<Float32Array[]> {
  return asEmbedding(async () => {
    loaded ??= pipeline('feature-extraction', MODEL, PIPELINE_OPTIONS);
    const extract = await loaded;
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      const output = await extract(
        texts.slice(from, from + BATCH).map((text) => PREFIX[role] + text),
        { pooling: 'mean', normalize: true },
      );
      const [rows = 0, dimensions = 0] = output.dims;
      for (let row = 0; row < rows; row++) vectors.push((output.data as Float32Array).slice(row * dimensions, (row + 1) * dimensions));
    }
    return vectors;
  });
}
