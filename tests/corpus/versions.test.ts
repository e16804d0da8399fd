import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseReport } from '../../src/corpus/parse.ts';
import { readReports } from '../../src/corpus/read.ts';
import { areVersions, saying, sharedParagraphs, versionsAmong } from '../../src/corpus/versions.ts';
import { temporaryFolder } from '../support/app.ts';

const report = (id: string, ...paragraphs: string[]) => parseReport(id, paragraphs.join('\n\n'));
const FIRST = report('first', 'فيضان في الميناء القديم', 'ارتفع منسوب المياه مترين.', 'أغلقت ثلاثة جسور.', 'عاد السكان بعد يومين.');

describe('paragraphs that two reports share', () => {
  test('say the same words, whatever their marks, punctuation and line breaks', () => {
    expect(saying('أغلقتْ ثلاثةُ\nجسورٍ!')).toBe(saying('اغلقت ثلاثه جسور.'));
    expect(saying('أغلقت أربعة جسور.')).not.toBe(saying('أغلقت ثلاثة جسور.'));
  });

  test('are counted as often as they stand in both', () => {
    const later = report('later', 'فيضان في الميناء القديم', 'ارتفع منسوب المياه ثلاثة أمتار.', 'أُغلقت ثلاثة جسور', 'عاد السكان بعد يومين.');
    expect(sharedParagraphs(FIRST, later)).toBe(3);
    expect(sharedParagraphs(later, FIRST)).toBe(3);
    const chorus = report('chorus', 'عنوان آخر هنا', 'عاد السكان بعد يومين.', 'عاد السكان بعد يومين.', 'انتهى الخبر.');
    expect(sharedParagraphs(FIRST, chorus)).toBe(1);
    expect(sharedParagraphs(chorus, chorus)).toBe(4);
  });
});

describe('versions', () => {
  const longer = report('longer', ...FIRST.passages.slice(0, 2).map(({ text }) => text), ...Array.from({ length: 8 }, (_, i) => `فقرة جديدة رقم ${i}.`));
  const other = report('other', 'أسعار القمح', 'ارتفعت أسعار القمح.', 'عاد السكان بعد يومين.', 'توقع الخبراء انخفاضها.');
  const short = report('short', 'فيضان في الميناء القديم', 'ارتفع منسوب المياه مترين.');

  test('share half the paragraphs of the shorter one, of three at least', () => {
    expect(areVersions(FIRST, longer)).toBe(true);
    expect(areVersions(FIRST, other)).toBe(false);
    expect(areVersions(FIRST, short)).toBe(false);
  });

  test('each is named once, beside the one before it that it is nearest to', () => {
    const third = report('third', ...FIRST.passages.slice(0, 3).map(({ text }) => text), 'ارتفعت الأضرار إلى مليون.');
    const named = versionsAmong([longer, FIRST, other, short, third]).map(({ document, of, shared }) => [document.id, of.id, shared]);
    expect(named).toEqual([
      ['first', 'longer', 2],
      ['third', 'first', 3],
    ]);
  });

  test('are found among the reports of a folder, and all are kept', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.txt'), FIRST.source);
    writeFileSync(join(folder, 'b.md'), `# ${FIRST.source.replace('مترين', 'ثلاثة أمتار')}\n\nوتوقفت الدراسة أسبوعا.`);
    writeFileSync(join(folder, 'c.txt'), other.source);
    const { documents, skipped, versions } = await readReports(folder);
    expect(documents.map(({ id }) => id)).toEqual(['a', 'b.md', 'c']);
    expect(skipped).toEqual([]);
    expect(versions).toEqual(['b.md: 3 of its 5 paragraphs are those of a.txt: another version? Keep one of them, or both are answered from']);
  });
});
