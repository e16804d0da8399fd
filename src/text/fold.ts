/** Letters that differ in writing but not in what a reader looks for; Unicode has no decomposition for them. */
const SAME_LETTER: Readonly<Record<string, string>> = {
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ې: 'ي',
  ے: 'ي',
  ة: 'ه',
  ۃ: 'ه',
  ە: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ک: 'ك',
  ڪ: 'ك',
  ڤ: 'ف',
  گ: 'ك',
  چ: 'ج',
  پ: 'ب',
};
const LETTERS = new RegExp(`[${Object.keys(SAME_LETTER).join('')}]`, 'gu');
const ARABIC_DIGITS = /[٠-٩۰-۹]/gu;
/** Combining marks (tashkeel, Quranic signs, accents), format characters (bidi, zero width, soft hyphen), tatweel. */
const INVISIBLE = /[\p{M}\p{Cf}ـ]/gu;

/**
 * Folds a text for matching only; what is shown is never folded.
 *
 * Its marks are dropped, look-alike letters united (ى→ي, ة→ه, Persian forms), Arabic-Indic and Persian digits become ASCII.
 *
 * @param text any text, lone surrogates included
 * @returns the folded text; its length and offsets are not those of `text`
 */
export function fold(text: string): string {
  return withoutMarks(text)
    .replace(LETTERS, (letter) => SAME_LETTER[letter] ?? letter)
    .replace(ARABIC_DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
}

/**
 * A text in small letters and without marks, in which each letter is still that of its own alphabet (ک is no ك).
 *
 * Compatibility decomposition (NFKD) takes ligatures, presentation forms, hamza carriers (أإآؤئ) and accents apart; then marks are dropped. Case is
 * lowered before and after: a capital may only come apart once it is small, and one may come out of a compatibility character.
 */
export function withoutMarks(text: string): string {
  return text.toLowerCase().normalize('NFKD').toLowerCase().normalize('NFKD').replace(INVISIBLE, '');
}
