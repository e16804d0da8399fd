import { env } from '@huggingface/transformers';
import { MODEL_FOLDER } from './model.ts';

env.allowRemoteModels = false;
env.localModelPath = MODEL_FOLDER;
