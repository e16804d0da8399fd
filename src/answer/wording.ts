import type { Passage, Place } from '../corpus/document.ts';
import { directionOfText, isolate } from '../text/bidi.ts';
import type { Language } from '../text/language.ts';
import type { Answer } from './answer.ts';
import { LONGEST_QUESTION, type Refusal } from './question.ts';

/** What Isnad says in its own words, in one language. */
export interface Wording {
  readonly status: Readonly<Record<Exclude<Answer['status'], 'invalid'>, string>>;
  readonly refusal: Readonly<Record<Extract<Refusal, string>, string>>;
  /** Of a question in another language than those named. */
  readonly otherLanguage: (known: string) => string;
  readonly confidence: string;
  readonly title: string;
  /** Under a reply that not all reports were asked for. */
  readonly within: (title: string) => string;
  readonly page: (page: number) => string;
  readonly translation: string;
  readonly failed: string;
  readonly noPassage: (last: number) => string;
  readonly noReport: string;
  readonly help: string;
  readonly attachments: string;
}

const WORDING: Readonly<Record<Language, Wording>> = {
  ar: {
    status: {
      answered: 'من التقرير:',
      related: 'لا يذكر التقرير هذا مباشرة؛ أقرب ما جاء فيه:',
      not_found: 'لا يذكر التقرير هذا.',
    },
    refusal: {
      empty: 'لم أجد سؤالا في رسالتك. اسأل عما جاء في التقرير، مثل: من استهدف القاعدة؟',
      too_long: `السؤال طويل جدا (أكثر من ${LONGEST_QUESTION} حرف). اسأل بجملة أو جملتين.`,
    },
    otherLanguage: (known) => `عذرا، لا أفهم أسئلة بغير ${known}.`,
    confidence: 'الثقة',
    title: 'العنوان',
    within: (title) => `بحثت في ${title} وحده.`,
    page: (page) => `ص ${page}`,
    translation: 'ترجمة غير رسمية',
    failed: 'تعذرت الإجابة الآن بسبب خطأ من جهتنا. حاول مرة أخرى بعد قليل.',
    noPassage: (last) => `لا توجد فقرة بهذا الرقم. الفقرات من 0 (العنوان) إلى ${last}.`,
    noReport: 'لا يوجد تقرير بهذا الاسم. اختر من القائمة.',
    // Between Arabic and Latin the slash would go with the Arabic, and be seen behind its command.
    help: `اسألني عما جاء في التقرير، وسأجيب باقتباس حرفي منه مع رقم الفقرة. إن لم يذكر التقرير الجواب قلت ذلك. في الخادم استعمل ${isolate('/ask')} أو اذكرني، وهنا اكتب سؤالك مباشرة.`,
    attachments: 'لا أستطيع قراءة المرفقات. اكتب سؤالك نصا من فضلك.',
  },
  en: {
    status: {
      answered: 'The report says:',
      related: 'The report does not say this directly; closest passages:',
      not_found: 'The report does not say.',
    },
    refusal: {
      empty: 'I found no question in that. Ask about what the report says, for example: Who targeted the base?',
      too_long: `That question is too long (over ${LONGEST_QUESTION} characters). Ask it in a sentence or two.`,
    },
    otherLanguage: (known) => `Sorry, I only understand questions in ${known}.`,
    confidence: 'confidence',
    title: 'title',
    within: (title) => `I looked in ${title} only.`,
    page: (page) => `p. ${page}`,
    translation: 'Unofficial translation',
    failed: 'The answer failed through a fault of ours. Please try again in a moment.',
    noPassage: (last) => `There is no such paragraph. Paragraphs run from 0 (the title) to ${last}.`,
    noReport: 'There is no such report. Choose one from the list.',
    help: 'Ask me about the report: I answer with a verbatim quote and its paragraph number, and say so when the report does not answer. On a server use /ask or mention me; here just write your question.',
    attachments: 'I cannot read attachments. Please write your question as text.',
  },
};

/** Wording in a language; a text in neither is answered in English. */
export function wordingFor(language: Language | 'other'): Wording {
  return WORDING[language === 'other' ? 'en' : language];
}

/**
 * Why a text was not taken as a question. Of one in another language it is told in both of ours, a line each: which of them is read there is not known.
 */
export function refusalText(refusal: Refusal, language: Language | 'other'): string {
  if (typeof refusal === 'string') return wordingFor(language).refusal[refusal];
  return (['ar', 'en'] as const).map((own) => WORDING[own].otherLanguage(namesOf(refusal.known, own))).join('\n');
}

/** Names of languages, as a list in one of ours. */
function namesOf(languages: readonly string[], language: Language): string {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return new Intl.ListFormat(language).format(languages.map((tag) => names.of(tag) ?? tag));
}

/** `¶5`, or the word for title. */
export function paragraphLabel(passage: number, wording: Wording): string {
  return passage === 0 ? wording.title : `¶${passage}`;
}

/** Makes a heading of a report fit to stand in a line of ours. */
type ShownHeading = (heading: string) => string;

/** Paragraph, and page and heading where there are such: `¶5 · p. 2 · Repairs`. */
export function placeLabel(passage: number, place: Place | undefined, wording: Wording, shown: ShownHeading): string {
  return paragraphLabel(passage, wording) + pageAndHeading(place, wording, shown);
}

/** What of it stands behind the paragraph: ` · p. 2 · Repairs`, or nothing. */
export function pageAndHeading(place: Place | undefined, wording: Wording, shown: ShownHeading): string {
  const page = place?.page === undefined ? '' : ` · ${wording.page(place.page)}`;
  const heading = place?.heading === undefined ? '' : ` · ${shown(place.heading)}`;
  return page + heading;
}

/** A paragraph in a list of them, in the words of its own language: `¶5 · p. 2 · Repairs · Engineers will …`. */
export function listedPassage({ number, place, text }: Pick<Passage, 'number' | 'place' | 'text'>, shown: ShownHeading): string {
  const where = pageAndHeading(place, WORDING[directionOfText(text) === 'rtl' ? 'ar' : 'en'], shown);
  return `¶${number}${where === '' ? '' : `${where} ·`} ${text}`;
}
