/** Languages Isnad reads and writes; `other` is a text in neither. */
export type Language = 'ar' | 'en';

const ARABIC_LETTER = /\p{Script=Arabic}/gu;
const LATIN_LETTER = /\p{Script=Latin}/gu;
const LETTER = /\p{L}/gu;

/**
 * Language of a short text by the script of its letters. Arabic with a Latin name in it is Arabic, so Arabic wins from a third of
 * the letters on.
 *
 * @returns `other` when most letters are neither Arabic nor Latin script; `undefined` when there is no letter at all
 */
export function detectLanguage(text: string): Language | 'other' | undefined {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const letters = count(LETTER);
  if (letters === 0) return undefined;
  const arabic = count(ARABIC_LETTER);
  const latin = count(LATIN_LETTER);
  if (arabic + latin < letters / 2) return 'other';
  return arabic * 2 >= latin && arabic > 0 ? 'ar' : 'en';
}
