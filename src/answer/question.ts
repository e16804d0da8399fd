import { FOREIGN_LANGUAGES, foreignLanguage } from '../text/foreign.ts';
import { detectLanguage, type Language } from '../text/language.ts';

/** Longest question taken, in UTF-16 code units: a Discord message holds no more. */
export const LONGEST_QUESTION = 2_000;

/** Why a text is not taken as a question; of one in another language, the languages that are known. */
export type Refusal = 'empty' | 'too_long' | { readonly known: readonly string[] };

export type Question =
  | { readonly text: string; readonly language: Language; readonly refusal?: undefined }
  | { readonly text: string; readonly language: Language | 'other'; readonly refusal: Refusal };

/** Control and format characters, line breaks: none of them is part of a question. The joiner U+200C is (Persian). */
const NOISE = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c)\p{Cf}/gu;
/** More than three marks on a letter are decoration ("Zalgo"). */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
const TELLING = /[\p{L}\p{N}]/u;
/** Languages that a question is recognized to be in. */
const RECOGNIZED = new Set(['ar', 'en', ...FOREIGN_LANGUAGES]);

/**
 * Reads what a person typed: takes out what no reader sees, and refuses what holds no question, or one in a language that is not known.
 *
 * @param input any string: lone surrogates, control characters and bidi overrides are dropped
 * @param known languages that a question may be in; default: any
 */
export function readQuestion(input: string, known?: readonly string[]): Question {
  if (input.length > LONGEST_QUESTION) return { text: '', language: detectLanguage(input.slice(0, LONGEST_QUESTION)) ?? 'en', refusal: 'too_long' };
  const text = input
    .toWellFormed()
    .replace(/\ufffd/gu, ' ')
    .replace(NOISE, ' ')
    .replace(PILED_MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const script = detectLanguage(text) ?? 'ar';
  if (!TELLING.test(text)) return { text, language: script, refusal: 'empty' };
  if (known && !isAmong(known, foreignLanguage(text) ?? script)) return { text, language: 'other', refusal: { known } };
  return { text, language: script === 'other' ? 'en' : script };
}

/** Whether a language is one of those known. Another script may be that of any language that is not recognized. */
function isAmong(known: readonly string[], language: string): boolean {
  return known.includes(language) || (language === 'other' && known.some((tag) => !RECOGNIZED.has(tag)));
}
