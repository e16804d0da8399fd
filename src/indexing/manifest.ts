import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Document } from '../corpus/document.ts';
import type { EncoderInfo } from '../embedding/encoder.ts';

/**
 * Version of everything that decides what is in an index: its files, how a report is parsed, folded, stemmed and cut into words.
 * Raise it with any change there, and every index is rebuilt.
 */
export const INDEX_FORMAT = 1;
export const MANIFEST_FILE = 'manifest.json';
export const INDEX_FILES = { vectors: 'vectors.hnsw', states: 'states.bin', lexical: 'lexical.json' } as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const schema = z.object({
  format: z.literal(INDEX_FORMAT),
  builtAt: z.iso.datetime(),
  model: z.object({ id: z.string(), sha256, dimensions: z.int().positive() }),
  documents: z.array(z.object({ id: z.string(), sha256, passages: z.int().positive() })),
  /** Passage of each vector, as [passage] by vector label. */
  vectorPassage: z.array(z.int().nonnegative()),
  files: z.record(z.string(), z.object({ bytes: z.int().nonnegative(), sha256 })),
});

/** What an index was built from, and the checksum of every file of it. */
export type Manifest = z.infer<typeof schema>;

/** @throws when the text is no manifest of this format */
export function parseManifest(text: string): Manifest {
  return schema.parse(JSON.parse(text));
}

/** Name of the index of these reports with this model: what was built from anything else has another name, so it is never mistaken. */
export function fingerprint(documents: readonly Document[], model: EncoderInfo): string {
  const built = { format: INDEX_FORMAT, model: model.sha256, documents: documents.map(({ id, sha256: sha }) => [id, sha]) };
  return createHash('sha256').update(JSON.stringify(built)).digest('hex').slice(0, 16);
}
