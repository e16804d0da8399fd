import type { Language } from '../../text/language.ts';

/** What is wrong with a file. `detail` is what a library or the system said, in English. */
export type Unreadable =
  | { readonly why: 'no PDF' | 'no DOCX' | 'encrypted' | 'pictures only' | 'broke off' }
  | { readonly why: 'too large' | 'unpacks to too much' | 'takes too much memory'; readonly megabytes: number }
  | { readonly why: 'takes too long'; readonly seconds: number }
  | { readonly why: 'encoding'; readonly encoding: string }
  | { readonly why: 'extension'; readonly known: string }
  | { readonly why: 'front matter' | 'not fetched'; readonly detail: string }
  | { readonly why: 'damaged'; readonly format: string; readonly detail: string };

/** A file has no text to be read. Its message is that of {@link inWords} in English. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly reason: Unreadable;

  constructor(reason: Unreadable) {
    super(inWords(reason, 'en'));
    this.reason = reason;
  }
}

/** For whoever put the file there: one line without an end, why and what to do. */
export function inWords(reason: Unreadable, language: Language): string {
  return worded(reason)[language];
}

function worded(reason: Unreadable): Readonly<Record<Language, string>> {
  switch (reason.why) {
    case 'no PDF':
      return { en: 'not a PDF file; save it as PDF again', ar: 'ليس ملف PDF؛ احفظه بصيغة PDF من جديد' };
    case 'no DOCX':
      return {
        en: 'not a DOCX file, or an encrypted one; save it as .docx without a password',
        ar: 'ليس ملف DOCX، أو هو مشفَّر؛ احفظه بصيغة DOCX بلا كلمة مرور',
      };
    case 'encrypted':
      return { en: 'it is encrypted; save it without a password', ar: 'الملف مشفَّر؛ احفظه بلا كلمة مرور' };
    case 'pictures only':
      return {
        en: 'no text in it, only pictures of pages; put it through text recognition (OCR) first',
        ar: 'لا نص فيه، بل صور صفحات فقط؛ مرّره أولًا على برنامج للتعرّف على النصوص (OCR)',
      };
    case 'broke off':
      return { en: 'its reading broke off; save it anew, or in parts', ar: 'انقطعت قراءته؛ احفظه من جديد أو في أجزاء' };
    case 'too large':
      return { en: `larger than ${reason.megabytes} MB; save it in parts`, ar: `أكبر من ${reason.megabytes} ميغابايت؛ احفظه في أجزاء` };
    case 'unpacks to too much':
      return {
        en: `it unpacks to more than ${reason.megabytes} MB; save it anew, or in parts`,
        ar: `يبلغ بعد فك ضغطه أكثر من ${reason.megabytes} ميغابايت؛ احفظه من جديد أو في أجزاء`,
      };
    case 'takes too much memory':
      return {
        en: `it takes more than ${reason.megabytes} MB to read; save it anew, or in parts`,
        ar: `تحتاج قراءته إلى أكثر من ${reason.megabytes} ميغابايت من الذاكرة؛ احفظه من جديد أو في أجزاء`,
      };
    case 'takes too long':
      return { en: `it took more than ${reason.seconds} s to read; save it in parts`, ar: `استغرقت قراءته أكثر من ${reason.seconds} ثانية؛ احفظه في أجزاء` };
    case 'encoding':
      return { en: `not valid ${reason.encoding}; save it as UTF-8`, ar: `نصه ليس بترميز ${reason.encoding} الصحيح؛ احفظه بترميز UTF-8` };
    case 'extension':
      return { en: `not one of ${reason.known}`, ar: `ليس من الصيغ المعروفة: ${reason.known}` };
    case 'front matter':
      return { en: `front matter: ${reason.detail}`, ar: `خطأ في البيانات التي في أوله: ${reason.detail}` };
    case 'not fetched':
      return { en: `can't be fetched from Discord (${reason.detail}); try again`, ar: `تعذّر جلبه من ديسكورد (${reason.detail})؛ حاول مرة أخرى` };
    case 'damaged':
      return {
        en: `can't be read as ${reason.format} (${reason.detail}); it may be damaged, save it anew`,
        ar: `تعذّرت قراءته بصيغة ${reason.format} (${reason.detail})؛ قد يكون تالفًا، احفظه من جديد`,
      };
  }
}
