// A thread that extracts the text of one file, tells it and ends: see ./extract.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { describe } from '../../errors.ts';
import type { Extracted } from './extracted.ts';
import { type Format, UnreadableFile } from './format.ts';

/** What the thread is started with. */
export interface ExtractionOrder {
  readonly format: Format;
  readonly bytes: Uint8Array;
}

export type ExtractionResult = { readonly extracted: Extracted } | { readonly failed: string };

const NAMES: Readonly<Record<Format, string>> = { markdown: 'Markdown', html: 'HTML', pdf: 'PDF', docx: 'DOCX' };

/** Only the library of the format is imported. */
async function extract({ format, bytes }: ExtractionOrder): Promise<Extracted> {
  switch (format) {
    case 'markdown':
      return (await import('./markdown.ts')).extractMarkdown(bytes);
    case 'html':
      return (await import('./html.ts')).extractHtml(bytes);
    case 'pdf':
      return (await import('./pdf.ts')).extractPdf(bytes);
    case 'docx':
      return (await import('./docx.ts')).extractDocx(bytes);
  }
}

const order = workerData as ExtractionOrder;
const result: ExtractionResult = await extract(order).then(
  (extracted) => ({ extracted }),
  (error: unknown) => ({
    failed:
      error instanceof UnreadableFile
        ? error.message
        : `can't be read as ${NAMES[order.format]} (${describe(error).slice(0, 100)}); it may be damaged, save it anew`,
  }),
);
parentPort?.postMessage(result);
