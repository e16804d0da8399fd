import type { OpenQuestion } from '../storage/records.ts';
import { words } from '../text/words.ts';
import type { QuestionGroup } from './views.ts';

/** Share of their terms that two questions have in common from which they count as alike (Jaccard). */
const ALIKE = 0.5;

/** Groups questions that say much the same: same terms whatever their spelling, order and function words. Those asked most come first. */
export function groupAlike(questions: readonly OpenQuestion[]): QuestionGroup[] {
  const groups: { readonly terms: ReadonlySet<string>; readonly members: OpenQuestion[] }[] = [];
  for (const question of questions) {
    const terms = new Set(words(question.question).flatMap((word) => (word.content ? [word.term] : [])));
    const group = groups.find((other) => jaccard(terms, other.terms) >= ALIKE);
    if (group) group.members.push(question);
    else groups.push({ terms, members: [question] });
  }
  return groups
    .map(({ members }) => ({
      question: members[0]?.question ?? '',
      times: members.length,
      complaints: members.flatMap(({ complaints }) => complaints),
    }))
    .sort((a, b) => b.times - a.times);
}

/** The questions as comma-separated values (RFC 4180), for a spreadsheet. */
export function toCsv(questions: readonly OpenQuestion[]): string {
  const rows = questions.map((q) => [new Date(q.askedAt).toISOString(), q.status, q.question, q.complaints.filter((reason) => reason !== '').join('; ')]);
  return [['asked', 'status', 'question', 'complaints'], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A cell that a spreadsheet would take for a formula is made text with an apostrophe (OWASP, CSV injection). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((term) => b.has(term)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 1 : common / all;
}
