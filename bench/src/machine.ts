import { availableParallelism, cpus, totalmem } from 'node:os';
import { configuration } from './isnad.ts';
import { MODEL, WEIGHTS } from './model.ts';
import { version } from './version.ts';

/** What was measured on, and with. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly platform: string;
  readonly node: string;
  readonly model: string;
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = [
  '@huggingface/transformers',
  'onnxruntime-node',
  '@langchain/community',
  '@langchain/classic',
  'llamaindex',
  '@orama/orama',
  'minisearch',
  'vectra',
  'hnswlib-node',
];

export async function machine(): Promise<Machine> {
  const { VERSION } = await configuration();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    model: `${MODEL}/${WEIGHTS}`,
    versions: { isnad: VERSION, ...Object.fromEntries(PACKAGES.map((name) => [name, version(name)])) },
  };
}
