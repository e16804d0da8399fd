/** Formats that a text is extracted from. */
export type Format = 'markdown' | 'html' | 'pdf' | 'docx';

/** What is wrong with a file, for whoever put it there: one line, why and what to do. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}
