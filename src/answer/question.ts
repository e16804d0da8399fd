import { detectLanguage, type Language } from '../text/language.ts';

/** Longest question taken, in UTF-16 code units: a Discord message holds no more. */
export const LONGEST_QUESTION = 2_000;

/** Why a text is not taken as a question. */
export type Refusal = 'empty' | 'too_long' | 'language';

export type Question =
  | { readonly text: string; readonly language: Language; readonly refusal?: undefined }
  | { readonly text: string; readonly language: Language | 'other'; readonly refusal: Refusal };

/** Control and format characters, line breaks: none of them is part of a question. The joiner U+200C is (Persian). */
const NOISE = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200c)\p{Cf}/gu;
/** More than three marks on a letter are decoration ("Zalgo"). */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
const TELLING = /[\p{L}\p{N}]/u;

/**
 * Reads what a person typed: takes out what no reader sees, and refuses what holds no question.
 *
 * @param input any string: lone surrogates, control characters and bidi overrides are dropped
 */
export function readQuestion(input: string): Question {
  if (input.length > LONGEST_QUESTION) return { text: '', language: detectLanguage(input.slice(0, LONGEST_QUESTION)) ?? 'en', refusal: 'too_long' };
  const text = input
    .toWellFormed()
    .replace(/\ufffd/gu, ' ')
    .replace(NOISE, ' ')
    .replace(PILED_MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const language = detectLanguage(text) ?? 'ar';
  if (!TELLING.test(text)) return { text, language, refusal: 'empty' };
  if (language === 'other') return { text, language, refusal: 'language' };
  return { text, language };
}
