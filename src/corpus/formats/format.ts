/** Formats that a text is extracted from. */
export type Format = 'markdown' | 'html' | 'pdf' | 'docx';

/** What is wrong with a file, for whoever put it there: one line, why and what to do. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/**
 * A file's text.
 *
 * @param encoding as a page names it; default UTF-8
 * @param options `ignoreBOM` keeps a byte order mark, so that offsets are those of the file; default: it is left out
 * @throws UnreadableFile when the bytes are not in that encoding
 */
export function decoded(bytes: Uint8Array, encoding = 'utf-8', options: { readonly ignoreBOM?: boolean } = {}): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ...options }).decode(bytes);
  } catch {
    throw new UnreadableFile(`not valid ${encoding.toUpperCase()}; save it as UTF-8`);
  }
}
