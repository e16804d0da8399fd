import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { type Block, compose, type Extracted } from './extracted.ts';
import { decoded } from './format.ts';
import { sensible } from './metadata.ts';

/** Elements that are paragraphs of their own, or hold such. */
const BLOCK_ELEMENTS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL'.split(
    ' ',
  ),
);
const HEADING = /^H[1-6]$/u;
/** Elements whose text is not read. */
const UNREAD = new Set('SCRIPT STYLE NOSCRIPT TEMPLATE SVG MATH TEXTAREA SELECT BUTTON IFRAME OBJECT HEAD'.split(' '));
const ELEMENT = 1;
const TEXT = 3;

/** Reads a web page: its article, without what stands around it. */
export function extractHtml(bytes: Uint8Array): Extracted {
  const source = pageText(bytes);
  // linkedom makes no element that the page leaves out, and Readability needs these.
  const { document } = parseHTML(/<body[\s>]/iu.test(source) ? source : `<html><body>${source}</body></html>`);
  const meta = (...names: readonly string[]) =>
    names.map((name) => document.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.getAttribute('content')).find(Boolean);
  const language = document.documentElement.getAttribute('lang');
  const link = document.querySelector('link[rel="canonical"]')?.getAttribute('href') ?? meta('og:url');
  const published =
    meta('article:published_time', 'datePublished', 'date', 'dc.date', 'DC.date.issued') ?? document.querySelector('time[datetime]')?.getAttribute('datetime');
  // It changes the document, so it comes last.
  const article = new Readability(document as unknown as Document).parse();
  const blocks = article?.content ? blocksOf(article.content) : [];
  return compose(blocks, sensible({ title: article?.title, date: article?.publishedTime ?? published, language: article?.lang ?? language, link }));
}

/** Headings and paragraphs of HTML, in order; each row of a table is one. */
export function blocksOf(html: string): Block[] {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  const blocks: Block[] = [];
  let text = '';
  const flush = (level?: number) => {
    if (text.trim() !== '') blocks.push(level === undefined ? { kind: 'paragraph', text } : { kind: 'heading', text, level });
    text = '';
  };
  const walk = (parent: ParentNode) => {
    for (const node of parent.childNodes) {
      if (node.nodeType === TEXT) text += node.textContent ?? '';
      if (node.nodeType !== ELEMENT) continue;
      const element = node as unknown as Element;
      const name = element.tagName.toUpperCase();
      if (UNREAD.has(name)) continue;
      if (name === 'BR') text += '\n';
      else if (HEADING.test(name)) {
        flush();
        text = element.textContent ?? '';
        flush(Number(name[1]));
      } else if (BLOCK_ELEMENTS.has(name)) {
        flush();
        walk(element);
        flush();
      } else {
        if ((name === 'TD' || name === 'TH') && text.trim() !== '') text += ' | ';
        walk(element);
      }
    }
  };
  walk(document.body);
  return blocks;
}

/** In the encoding that the page names, UTF-8 where it names none. */
function pageText(bytes: Uint8Array): string {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 2_048));
  return decoded(bytes, /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/iu.exec(beginning)?.[1]);
}

/** The part of the DOM that is walked. */
interface ParentNode {
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
}
interface Element extends ParentNode {
  readonly tagName: string;
  readonly textContent: string | null;
}
type Document = ConstructorParameters<typeof Readability>[0];
