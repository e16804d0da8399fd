import { stemmer as porter } from 'stemmer';

const ARABIC = /^[\u0621-\u064a]+$/u;
const LATIN = /^[a-z]+$/u;
/** Longest first: of two that fit, the longer is the prefix. */
const PREFIXES = ['وال', 'بال', 'كال', 'فال', 'ولل', 'لل', 'ال', 'و'];
const SUFFIXES = ['ها', 'ان', 'ات', 'ون', 'ين', 'يه', 'ه', 'ي'];
const SHORTEST_STEM = 3;

/**
 * Light stemmer for a folded word: Arabic after light10 (Larkey, Ballesteros & Connell 2002), English after Porter (1980).
 *
 * One prefix (article with its conjunction or preposition, or و) and then suffixes one by one are taken off
 * as long as three letters are left. Other words and numbers come back as they are.
 *
 * @param word one word, already through {@link fold}
 */
export function stem(word: string): string {
  if (LATIN.test(word)) return porter(word);
  if (!ARABIC.test(word)) return word;
  let rest = word;
  const prefix = PREFIXES.find((p) => rest.startsWith(p) && rest.length - p.length >= SHORTEST_STEM);
  if (prefix) rest = rest.slice(prefix.length);
  for (const suffix of SUFFIXES) {
    if (rest.endsWith(suffix) && rest.length - suffix.length >= SHORTEST_STEM) rest = rest.slice(0, -suffix.length);
  }
  return rest;
}
