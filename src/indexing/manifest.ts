import * as v from 'valibot';
import type { Document } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import type { EncoderInfo } from '../embedding/encoder.ts';
import { TEXTS_FILES } from './texts-file.ts';

/**
 * Version of everything that decides what is in an index: its files, how a report is parsed, folded, stemmed and cut into words.
 * Raise it with any change there, and every index is rebuilt.
 */
export const INDEX_FORMAT = 5;
export const MANIFEST_FILE = 'manifest.json';
/** Files that are read, and so checked, as a whole; the texts' records are checked one by one. */
export const INDEX_FILES = { vectors: 'vectors.hnsw', table: TEXTS_FILES.table, lexical: 'lexical.bin' } as const;

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const schema = v.object({
  format: v.literal(INDEX_FORMAT),
  builtAt: v.pipe(v.string(), v.isoTimestamp()),
  model: v.object({ id: v.string(), sha256, dimensions: positive }),
  documents: v.array(v.object({ id: v.string(), sha256, passages: positive })),
  /** Key of each text ({@link textKey}): what a later build need not embed again. */
  texts: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/u))),
  /** Text of each vector, as [text] by vector label. */
  vectorText: v.array(count),
  files: v.record(v.string(), v.object({ bytes: count, sha256 })),
});

/** What an index was built from, and the checksum of every file of it. */
export type Manifest = v.InferOutput<typeof schema>;

/** What a text is known by: half of its SHA-256, hexadecimal. */
export function textKey(text: string): string {
  return sha256Of(text).slice(0, 32);
}

/** The manifest as its file holds it: with a checksum of its own, since it says which passage each vector belongs to. */
export function formatManifest(manifest: Manifest): string {
  return JSON.stringify({ ...manifest, sha256: sha256Of(JSON.stringify(manifest)) }, null, 1);
}

/** @throws when the text is no manifest of this format, or not to the byte as it was written */
export function parseManifest(text: string): Manifest {
  const { sha256: _, ...manifest } = JSON.parse(text) as Manifest & { readonly sha256: string };
  if (formatManifest(manifest) !== text) throw new Error(`${MANIFEST_FILE} does not match its checksum`);
  return v.parse(schema, manifest);
}

/** Name of the index of these reports with this model: what was built from anything else has another name, so it is never mistaken. */
export function fingerprint(documents: readonly Document[], model: EncoderInfo): string {
  const built = { format: INDEX_FORMAT, model: model.sha256, documents: documents.map((d) => [d.id, d.sha256, d.translationSha256]) };
  return sha256Of(JSON.stringify(built)).slice(0, 16);
}
