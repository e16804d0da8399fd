import { join } from 'node:path';
import { ROOT } from './isnad.ts';

/** The model that Isnad carries: every peer that embeds gets the same file. */
export const MODEL_FOLDER = join(ROOT, 'models');
export const MODEL = 'multilingual-e5-small-ar-en';
export const WEIGHTS = 'model_quantized.onnx';
export const DIMENSIONS = 384;
/** Layers of which the reader keeps a token's states. */
export const LAYERS = 4;
/** What the model was trained with; without them every peer would find less. */
export const PREFIX = { query: 'query: ', passage: 'passage: ' } as const;
export const PIPELINE_OPTIONS = { dtype: 'q8', device: 'cpu' } as const;
