// A thread that extracts the text of one file, tells it and ends: see ./extract.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { describe } from '../../errors.ts';
import type { Extracted } from './extracted.ts';
import type { Format } from './format.ts';
import { type Unreadable, UnreadableFile } from './unreadable.ts';

/** What the thread is started with. */
export interface ExtractionOrder {
  readonly format: Format;
  readonly bytes: Uint8Array;
}

export type ExtractionResult = { readonly extracted: Extracted } | { readonly failed: Unreadable };

const NAMES: Readonly<Record<Format, string>> = { markdown: 'Markdown', html: 'HTML', pdf: 'PDF', docx: 'DOCX' };

/** What reads a format; only its own library is imported. */
async function extractorOf(format: Format): Promise<(bytes: Uint8Array) => Extracted | Promise<Extracted>> {
  switch (format) {
    case 'markdown':
      return (await import('./markdown.ts')).extractMarkdown;
    case 'html':
      return (await import('./html.ts')).extractHtml;
    case 'pdf':
      return (await import('./pdf.ts')).extractPdf;
    case 'docx':
      return (await import('./docx.ts')).extractDocx;
  }
}

async function extract({ format, bytes }: ExtractionOrder): Promise<ExtractionResult> {
  // What fails here is no fault of the file, and ends the thread.
  const extractor = await extractorOf(format);
  try {
    return { extracted: await extractor(bytes) };
  } catch (error) {
    if (error instanceof UnreadableFile) return { failed: error.reason };
    return { failed: { why: 'damaged', format: NAMES[format], detail: describe(error).slice(0, 100) } };
  }
}

parentPort?.postMessage(await extract(workerData as ExtractionOrder));
