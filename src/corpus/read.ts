import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { errorCode, UserError } from '../errors.ts';
import type { Document } from './document.ts';
import { parseReport, sha256Of } from './parse.ts';

/** File extensions read from the seeds folder. */
const EXTENSIONS = new Set(['.txt']);

/** What {@link readReports} found. */
export interface Reports {
  /** In order of file name. */
  readonly documents: readonly Document[];
  /** One line for each file that was left out, saying why. */
  readonly skipped: readonly string[];
}

/**
 * Reads every report of a folder (`*.txt`, UTF-8; subfolders and hidden files are not looked at). A file that can't be read, is
 * not UTF-8 or holds no text is skipped and named.
 *
 * @throws UserError when the folder is missing or unreadable, or no report is left
 */
export async function readReports(folder: string): Promise<Reports> {
  const names = await list(folder);
  const documents: Document[] = [];
  const skipped: string[] = [];
  for (const name of names) {
    try {
      const bytes = await readFile(join(folder, name));
      // ignoreBOM keeps a byte order mark, so that offsets are those of the file.
      const source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      const document = parseReport(basename(name, extname(name)), source, sha256Of(bytes));
      if (document.passages.length === 0) skipped.push(`${name}: no text of a report in it`);
      else documents.push(document);
    } catch (error) {
      skipped.push(`${name}: ${error instanceof TypeError ? 'not valid UTF-8; save it as UTF-8' : `can't be read (${errorCode(error) ?? 'unknown error'})`}`);
    }
  }
  if (documents.length === 0) {
    const found = skipped.length > 0 ? ` (${skipped.join('; ')})` : '';
    throw new UserError(
      `No report in ${folder}${found}. Put a UTF-8 .txt file there: title on the first line, paragraphs separated by blank lines; or set SEEDS_DIR.`,
    );
  }
  return { documents, skipped };
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && EXTENSIONS.has(extname(entry.name).toLowerCase()))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `can't be read (${code ?? 'unknown error'})`;
    throw new UserError(`The seeds folder ${folder} ${why}. Set SEEDS_DIR to a folder of UTF-8 .txt reports.`, 1, { cause: error });
  }
}
