import { UnreadableFile } from './unreadable.ts';

/** Formats that a text is extracted from. */
export type Format = 'markdown' | 'html' | 'pdf' | 'docx';

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
    throw new UnreadableFile({ why: 'encoding', encoding: encoding.toUpperCase() });
  }
}
