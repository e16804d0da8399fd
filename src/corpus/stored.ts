import { extname } from 'node:path';
import * as v from 'valibot';
import type { Document } from './document.ts';
import { extractedSchema } from './formats/extracted.ts';
import { decoded } from './formats/format.ts';
import { UnreadableFile } from './formats/unreadable.ts';
import { parseExtracted, parseReport } from './parse.ts';
import { FORMATS } from './read.ts';

/** What a report is made of again: the text of a `.txt` file, or what was extracted from another. */
const storedSchema = v.pipe(v.string(), v.parseJson(), v.union([v.strictObject({ text: v.string() }), v.strictObject({ extracted: extractedSchema })]));

/** File name extensions of what can be read. */
export const EXTENSIONS: readonly string[] = [...FORMATS.keys()];

/**
 * Reads a report that is not a file of the seeds folder to a text that it can be kept as; nothing else of it is kept.
 *
 * @param name of its file: the extension tells the format
 * @throws UnreadableFile when it has no text to be read
 */
export async function storedFrom(name: string, bytes: Uint8Array): Promise<string> {
  const format = FORMATS.get(extname(name).toLowerCase());
  if (format === undefined) throw new UnreadableFile({ why: 'extension', known: EXTENSIONS.join(', ') });
  if (format === 'text') return JSON.stringify({ text: decoded(bytes, 'utf-8', { ignoreBOM: true }) });
  const { extract } = await import('./formats/extract.ts');
  return JSON.stringify({ extracted: await extract(format, bytes) });
}

/** The report that {@link storedFrom} kept. @throws where the text is not one of those */
export function storedReport(id: string, stored: string): Document {
  const content = v.parse(storedSchema, stored);
  return 'text' in content ? parseReport(id, content.text) : parseExtracted(id, content.extracted);
}
