import { words } from '../text/words.ts';

/** Opens a question that leans on the one before it: a conjunction with a question word, or a bare pronoun. */
const LEANING = [
  /^(و|ف)(من|ما|ماذا|متى|اين|أين|كيف|كم|لماذا|ليش|وين|مين|شو|هل|لمن|بماذا|اي|أي)(\s|؟|$)/u,
  /^(طيب|يعني|كمان|ايضا|أيضا|وبعدين|غير ذلك|غيره)(\s|؟|$)/u,
  /^(and|but|so|then|also|what about|how about|what else|who else|anyone else|anything else|where else|why so)\b/iu,
  /^(who|what|when|where|why|how)\s*\??$/iu,
  /^(من|ما|ماذا|متى|أين|اين|كيف|كم|لماذا|ليش|وين|مين|شو)\s*؟?$/u,
  /\b(they|them|their|he|him|his|she|her|that|those|this|these)\b\s*(\w+\s*){0,2}\?*$/iu,
];
/** With this many content words of its own a question stands alone. */
const STANDS_ALONE = 4;

/**
 * The question to search for: a follow-up ("ومن أيضا؟", "and where did they go?") is read in the light of the one before it.
 *
 * @param question as asked
 * @param previous the conversation's last question as it was searched for, if there is one
 */
export function inContext(question: string, previous: string | undefined): string {
  if (previous === undefined) return question;
  const own = words(question).filter((word) => word.content).length;
  const leans = own === 0 || (own < STANDS_ALONE && LEANING.some((pattern) => pattern.test(question.trim())));
  return leans ? `${previous} ${question}` : question;
}
