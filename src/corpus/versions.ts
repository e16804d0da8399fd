import { fold } from '../text/fold.ts';
import { writtenWords } from '../text/words.ts';
import type { Document } from './document.ts';

/** Share of the shorter report's paragraphs from which on another that has them too is likely a version of it. */
const SHARE = 0.5;
/** Of reports with fewer paragraphs, two may well have the half in common. */
const FEWEST = 3;

/** A report that is likely a version of another one. */
export interface Version {
  readonly document: Document;
  /** The report before it that it has most in common with. */
  readonly of: Document;
  /** Paragraphs that both have. */
  readonly shared: number;
}

/** All that a report says, to the letter: two that are the same say the same. */
export function wholeText({ passages }: Document): string {
  return passages.map(({ text }) => text).join('\n\n');
}

/** What a paragraph says: its words, folded. Two that say the same differ in line breaks, vowel marks or punctuation at most. */
export function saying(paragraph: string): string {
  return writtenWords(fold(paragraph)).join(' ');
}

/** How many paragraphs of two reports say the same; one that stands in both more than once counts as often as in each. */
export function sharedParagraphs(a: Document, b: Document): number {
  const counts = countsOf(a);
  return [...countsOf(b)].reduce((shared, [said, count]) => shared + Math.min(count, counts.get(said) ?? 0), 0);
}

/** Whether two reports with so many paragraphs in common are likely versions of one. */
export function areVersions(a: Document, b: Document, shared = sharedParagraphs(a, b)): boolean {
  const shorter = Math.min(a.passages.length, b.passages.length);
  return shorter >= FEWEST && shared >= SHARE * shorter;
}

/** The reports that are likely versions of ones before them. Only reports that have a paragraph in common are compared. */
export function versionsAmong(documents: readonly Document[]): Version[] {
  /** How often each report so far says something. */
  const sayers = new Map<string, Map<Document, number>>();
  return documents.flatMap((document): Version[] => {
    const shared = new Map<Document, number>();
    for (const [said, count] of countsOf(document)) {
      const others = sayers.get(said) ?? new Map<Document, number>();
      for (const [other, times] of others) shared.set(other, (shared.get(other) ?? 0) + Math.min(count, times));
      sayers.set(said, others.set(document, count));
    }
    const versions = [...shared].filter(([other, paragraphs]) => areVersions(document, other, paragraphs));
    const [nearest] = versions.sort(([, a], [, b]) => b - a);
    return nearest ? [{ document, of: nearest[0], shared: nearest[1] }] : [];
  });
}

/** How often a report says each thing. */
function countsOf({ passages }: Document): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of passages) {
    const said = saying(text);
    if (said !== '') counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return counts;
}
