import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { errorCode, UserError } from '../errors.ts';
import type { Document } from './document.ts';
import { parseReport, sha256Of } from './parse.ts';

/** File extensions read from the seeds folder. */
const EXTENSIONS = new Set(['.txt']);

/** Where translations lie in the seeds folder, each under the name of its report. */
const TRANSLATIONS = join('translations', 'en');

/** What {@link readReports} found. */
export interface Reports {
  /** In order of file name. */
  readonly documents: readonly Document[];
  /** One line for each file that was left out, saying why: a report's, or a translation's. */
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
      const document = await readReport(join(folder, name));
      if (document.passages.length === 0) skipped.push(`${name}: no text of a report in it`);
      else documents.push(await withTranslation(document, join(folder, TRANSLATIONS, name), (line) => skipped.push(line)));
    } catch (error) {
      skipped.push(`${name}: ${whyUnreadable(error)}`);
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

/** @throws TypeError when the file is not UTF-8, whatever the file system throws */
async function readReport(file: string): Promise<Document> {
  const bytes = await readFile(file);
  // ignoreBOM keeps a byte order mark, so that offsets are those of the file.
  const source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  return parseReport(basename(file, extname(file)), source, sha256Of(bytes));
}

/** The document with its translation, paragraph by paragraph, if there is one and it has as many. */
async function withTranslation(document: Document, file: string, skip: (line: string) => void): Promise<Document> {
  const name = join(TRANSLATIONS, basename(file));
  try {
    const { passages, sha256 } = await readReport(file);
    if (passages.length === document.passages.length) {
      return { ...document, translationSha256: sha256, passages: document.passages.map((passage, i) => ({ ...passage, translation: passages[i]?.text })) };
    }
    skip(`${name}: it has ${passages.length} paragraphs, the report ${document.passages.length}; align them one to one`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') skip(`${name}: ${whyUnreadable(error)}`);
  }
  return document;
}

function whyUnreadable(error: unknown): string {
  return error instanceof TypeError ? 'not valid UTF-8; save it as UTF-8' : `can't be read (${errorCode(error) ?? 'unknown error'})`;
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.') && EXTENSIONS.has(extname(entry.name).toLowerCase()))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `can't be read (${code ?? 'unknown error'})`;
    throw new UserError(`The seeds folder ${folder} ${why}. Set SEEDS_DIR to a folder of UTF-8 .txt reports.`, 1, { cause: error });
  }
}
