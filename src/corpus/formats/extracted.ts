import * as v from 'valibot';
import { metadataSchema } from './metadata.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const layoutSchema = v.object({
  /** In order; the first one is the title, and no other is. Spans in the text. */
  blocks: v.array(v.object({ start: count, end: count, kind: v.picklist(['title', 'heading', 'paragraph']), page: v.optional(v.pipe(count, v.minValue(1))) })),
  metadata: metadataSchema,
});

/** The text of a file that is none itself: blocks (title first) with a blank line between them, and what the file says of itself. */
export type Extracted = v.InferOutput<typeof extractedSchema>;
export const extractedSchema = v.object({ text: v.string(), ...layoutSchema.entries });

/** A block before it has its place in the text. `page` counts from 1. */
export interface Block {
  /** `title`: what the file shows as such; it is a paragraph where the file gives another one. */
  readonly kind: 'title' | 'heading' | 'paragraph';
  readonly text: string;
  /** Of a heading, from 1. */
  readonly level?: number;
  readonly page?: number;
}

/** Arabic letters in the shapes that fonts have for them. U+FDF0–FDFF are signs of their own and stay. */
const PRESENTATION_FORMS = /[\ufb50-\ufdcf\ufe70-\ufefc]/gu;
/** What separates words on a page and is none. */
const NOTHING = /[\u00ad\ufeff\0]/gu;

/** A block's text as it is kept: plain letters, one space between words. */
export function plainText(text: string): string {
  return text
    .replace(NOTHING, '')
    .replace(PRESENTATION_FORMS, (letter) => letter.normalize('NFKC').trim())
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * Puts a text together. The title is the one the file gives; else the one it shows, else its first block. It is not said twice.
 *
 * @param metadata `title` is left out where it is not the report's
 */
export function compose(blocks: readonly Block[], metadata: Extracted['metadata']): Extracted {
  const plain = blocks.map((block) => ({ ...block, text: plainText(block.text) })).filter((block) => block.text !== '');
  const title = plainText(metadata.title ?? '') || (plain.find(({ kind }) => kind === 'title') ?? plain[0])?.text;
  if (title === undefined || plain.length === 0) return { text: '', blocks: [], metadata };
  const at = plain.findIndex((block, i) => (i === 0 || block.kind !== 'paragraph') && block.text === title);
  const page = plain[at]?.page;
  const rest = plain.filter((_, i) => i !== at).map((block) => (block.kind === 'title' ? { ...block, kind: 'paragraph' as const } : block));
  const all = [{ kind: 'title' as const, text: title, ...(page !== undefined && { page }) }, ...rest];
  let start = 0;
  const placed = all.map(({ text, kind, page: on }) => {
    const span = { start, end: start + text.length };
    start = span.end + 2;
    return { ...span, kind, ...(on !== undefined && { page: on }) };
  });
  return { text: all.map(({ text }) => text).join('\n\n'), blocks: placed, metadata };
}
