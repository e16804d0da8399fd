import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { describe, errorCode, UserError } from '../errors.ts';
import type { Document } from './document.ts';
import { decoded, type Format } from './formats/format.ts';
import { UnreadableFile } from './formats/unreadable.ts';
import { parseExtracted, parseReport, sha256Of } from './parse.ts';
import { versionsAmong, wholeText } from './versions.ts';

/** Formats of reports, by file extension. */
export const FORMATS: ReadonlyMap<string, 'text' | Format> = new Map([
  ['.txt', 'text'],
  ['.md', 'markdown'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.pdf', 'pdf'],
  ['.docx', 'docx'],
]);
/** Size from which a file that a text would have to be extracted from is left out, in megabytes (2^20 bytes). */
const LARGEST = 50;

/** Where translations lie in the seeds folder, each under the name of its report. */
const TRANSLATIONS = join('translations', 'en');
/** Ending of a file beside a report that tells of it. */
const METADATA = '.yaml';

/** What {@link readReports} found. */
export interface Reports {
  /** In order of file name. */
  readonly documents: readonly Document[];
  /** One line for each file that was left out, saying why: a report's, a translation's, or one that tells of a report. */
  readonly skipped: readonly string[];
  /** One line for each report that is likely another version of one before it. Both are among the documents. */
  readonly versions: readonly string[];
}

/**
 * Reads every report of a folder (`.txt` and `.md` in UTF-8, `.html`, `.pdf`, `.docx`; subfolders and hidden files are not looked at). A file
 * that can't be read, holds no text or says the same as one before it is skipped and named; one that says much the same is named.
 *
 * @param indexFolder where extracted texts are kept; without it they are extracted anew each time
 * @param retry whether files that no text could be extracted from before are tried again
 * @throws UserError when the folder is missing or unreadable, or no report is left
 */
export async function readReports(folder: string, indexFolder?: string, retry = false): Promise<Reports> {
  const names = await list(folder);
  const documents: Document[] = [];
  const skipped: string[] = [];
  /** Names of the files read, by what identifies them. */
  const seen = new Map<string, string>();
  for (const name of names) {
    try {
      const document = await readReport(join(folder, name), indexFolder, retry);
      const text = sha256Of(wholeText(document));
      const same = seen.get(`text ${text}`);
      const namesake = seen.get(`id ${document.id}`);
      if (document.passages.length === 0) skipped.push(`${name}: no text of a report in it`);
      else if (same !== undefined) skipped.push(`${name}: the same text as ${same}; remove one of them`);
      else if (namesake !== undefined) skipped.push(`${name}: its id is the same as that of ${namesake}; rename one of them`);
      else {
        seen.set(`text ${text}`, name).set(`id ${document.id}`, name);
        const skip = (line: string) => skipped.push(line);
        documents.push(await withTranslation(await withMetadata(document, join(folder, name + METADATA), skip), join(folder, TRANSLATIONS, name), skip));
      }
    } catch (error) {
      skipped.push(`${name}: ${whyUnreadable(error)}`);
    }
  }
  if (documents.length === 0) {
    const found = skipped.length > 0 ? ` (${skipped.join('; ')})` : '';
    throw new UserError(
      `No report in ${folder}${found}. Put a UTF-8 .txt file there: title on the first line, paragraphs separated by blank lines; or .md, .html, .pdf, .docx; or set SEEDS_DIR.`,
    );
  }
  const nameOf = ({ id }: Document) => seen.get(`id ${id}`) ?? id;
  const versions = versionsAmong(documents).map(
    ({ document, of, shared }) =>
      `${nameOf(document)}: ${shared} of its ${document.passages.length} paragraphs are those of ${nameOf(of)}: another version? Keep one of them, or both are answered from`,
  );
  return { documents, skipped, versions };
}

/** @throws UnreadableFile when it has no text to be read, whatever the file system throws */
async function readReport(file: string, indexFolder?: string, retry = false): Promise<Document> {
  const name = basename(file);
  const format = FORMATS.get(extname(file).toLowerCase());
  if (format === undefined || format === 'text') {
    const bytes = await readFile(file);
    return parseReport(basename(file, extname(file)), decoded(bytes, 'utf-8', { ignoreBOM: true }), sha256Of(bytes));
  }
  if ((await stat(file)).size > LARGEST * 2 ** 20) throw new UnreadableFile({ why: 'too large', megabytes: LARGEST });
  const { extractedText } = await import('./formats/cache.ts');
  return parseExtracted(name, await extractedText(format, await readFile(file), indexFolder, retry));
}

/** The document with what the file beside it tells, which goes before what its own file tells. */
async function withMetadata(document: Document, file: string, skip: (line: string) => void): Promise<Document> {
  try {
    const text = await readFile(file, 'utf8');
    const { parseMetadata } = await import('./formats/metadata.ts');
    const told = await parseMetadata(text);
    return { ...document, ...told, title: told.title ?? document.title };
  } catch (error) {
    if (errorCode(error) === undefined) skip(`${basename(file)}: ${describe(error)}`);
    else if (errorCode(error) !== 'ENOENT') skip(`${basename(file)}: ${whyUnreadable(error)}`);
    return document;
  }
}

/** The document with its translation (plain text), paragraph by paragraph, if there is one and it has as many. */
async function withTranslation(document: Document, report: string, skip: (line: string) => void): Promise<Document> {
  const file = extname(report).toLowerCase() === '.txt' ? report : `${report}.txt`;
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
  return error instanceof UnreadableFile ? error.message : `can't be read (${errorCode(error) ?? 'unknown error'})`;
}

async function list(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.') && FORMATS.has(extname(entry.name).toLowerCase()))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `can't be read (${code ?? 'unknown error'})`;
    throw new UserError(`The seeds folder ${folder} ${why}. Set SEEDS_DIR to a folder of reports.`, 1, { cause: error });
  }
}
