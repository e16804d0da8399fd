import { marked } from 'marked';
import { compose, type Extracted } from './extracted.ts';
import { decoded } from './format.ts';
import { blocksOf } from './html.ts';
import { type Metadata, parseMetadata } from './metadata.ts';
import { UnreadableFile } from './unreadable.ts';

/** Metadata between two lines of three hyphens, before anything else. */
const FRONT_MATTER = /^\ufeff?---[^\S\n]*\r?\n([\s\S]*?)(?:^|\n)(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)/u;

/** Reads Markdown, front matter included. Its title is that of the front matter, or its first heading of the first level. */
export async function extractMarkdown(bytes: Uint8Array): Promise<Extracted> {
  const source = decoded(bytes);
  const front = FRONT_MATTER.exec(source);
  let metadata: Metadata = {};
  if (front) {
    metadata = await parseMetadata(front[1] ?? '').catch((error: Error) => {
      throw new UnreadableFile({ why: 'front matter', detail: error.message });
    });
  }
  const body = source.slice(front?.[0].length ?? 0);
  const blocks = blocksOf(marked.parse(body, { async: false }));
  const heading = blocks.find(({ level }) => level === 1);
  return compose(blocks, { ...(heading && { title: heading.text }), ...metadata });
}
