import { fold } from '../text/fold.ts';
import { words } from '../text/words.ts';

/** Words, folded, that ask for what heads a report or what it is about. */
const HEADING = new Set([
  'عنوان',
  'العنوان',
  'عناوين',
  'عنوانه',
  'موضوع',
  'الموضوع',
  'موضوعه',
  'headline',
  'headlines',
  'title',
  'titled',
  'topic',
  'subject',
  'heading',
]);
/** Words, folded, for the report itself and how it speaks. */
const REPORT = new Set(
  'تقرير خبر مقال مقاله نص وثيقه صحيفه رئيسي رئيسيه عام report reports article news story document piece text main overall called'.split(' '),
);
const ABOUT = /\babout\s*\??\s*$|(^|\s)(عم|عما|علام|عن ايه|ماذا|شو|ايش)(\s|$)/u;
const SPEAKING = new Set('يتحدث يتكلم يحكي بيحكي بيتكلم يدور يتناول تتحدث talk talking speak'.split(' '));

/**
 * Whether a question asks for the headline, or what the report is about ("ما عنوان التقرير؟", "what's the headline?"): every content word of it
 * speaks of the report as such, so no passage could be searched for.
 */
export function asksForHeadline(question: string): boolean {
  const content = words(question).filter((word) => word.content);
  const known = content.map(({ folded }) => (HEADING.has(folded) ? 'heading' : isReport(folded) ? 'report' : SPEAKING.has(folded) ? 'speaking' : 'other'));
  if (known.length === 0 || known.includes('other')) return false;
  return known.includes('heading') || (known.includes('report') && ABOUT.test(fold(question)));
}

function isReport(folded: string): boolean {
  return REPORT.has(folded) || REPORT.has(folded.replace(/^(و|ب|ل)?ال|^لل/u, ''));
}
