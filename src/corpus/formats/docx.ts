import { unzipSync, zipSync } from 'fflate';
import { parseHTML } from 'linkedom';
import mammoth from 'mammoth';
import { compose, type Extracted } from './extracted.ts';
import { blocksOf } from './html.ts';
import { sensible } from './metadata.ts';
import { UnreadableFile } from './unreadable.ts';

/** Parts that the text is in; pictures are not among them. */
const PART = /\.(?:xml|rels)$/u;
/** What these unpack to at most, in bytes. */
const MOST_UNPACKED = 100 * 2 ** 20;
const MOST_PARTS = 1_000;

/** Reads a DOCX file: its paragraphs and those styled as headings, and its core properties. */
export async function extractDocx(bytes: Uint8Array): Promise<Extracted> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new UnreadableFile({ why: 'no DOCX' });
  let [total, parts] = [0, 0];
  // Each part gets a buffer of the size it states, so what unpacks to more is cut off, and unreadable.
  const unpacked = unzipSync(bytes, {
    filter({ name, originalSize }) {
      if (!PART.test(name)) return false;
      total += originalSize;
      if (total > MOST_UNPACKED || ++parts > MOST_PARTS) throw new UnreadableFile({ why: 'unpacks to too much', megabytes: MOST_UNPACKED / 2 ** 20 });
      return true;
    },
  });
  // Stored, not packed: mammoth unpacks nothing of unknown size.
  const buffer = Buffer.from(zipSync(unpacked, { level: 0 }));
  const { value } = await mammoth.convertToHtml(
    { buffer },
    { styleMap: ["p[style-name='Title'] => h1:fresh", 'comment-reference => '], externalFileAccess: false },
  );
  const blocks = blocksOf(value);
  const core = parseHTML(new TextDecoder().decode(unpacked['docProps/core.xml'] ?? new Uint8Array())).document;
  const property = (name: string) => core.querySelector(name.replace(':', '\\:'))?.textContent;
  const heading = blocks.find(({ level }) => level === 1);
  return compose(
    blocks,
    sensible({ title: heading?.text ?? property('dc:title'), date: property('dcterms:created'), language: property('dc:language'), link: undefined }),
  );
}
