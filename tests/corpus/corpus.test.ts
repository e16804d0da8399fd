import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endsArticle, isFurniture } from '../../src/corpus/furniture.ts';
import { parseReport } from '../../src/corpus/parse.ts';
import { readReports } from '../../src/corpus/read.ts';
import { temporaryFolder } from '../support/app.ts';

const SEED = 'seeds/000_ddcf634ad3ebf0b8.txt';

describe('the seed', () => {
  const source = readFileSync(SEED, 'utf8');
  const document = parseReport('seed', source);

  test('is the file as received', () => {
    expect(createHash('sha256').update(readFileSync(SEED)).digest('hex')).toMatchInlineSnapshot(
      `"e47a3ee49c6ae40ff2d46aa2140cc6d671a1f7b454a6a5ffcf53bd4db1a78cce"`,
    );
  });

  test('has its title, standfirst and twelve paragraphs, and nothing of the page around it', () => {
    expect(document.title).toBe('مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية');
    expect(document.passages.map((p) => p.kind)).toEqual(['title', 'standfirst', ...new Array(12).fill('paragraph')]);
    expect(document.passages.map((p) => p.text).join('\n')).not.toMatch(/Reply|email|Search|Translate|ترجمة/u);
    expect(document.passages.at(-1)?.text).toMatch(/لكنها تعتقد أنها ناجحة\.$/u);
  });
});

describe('page furniture', () => {
  // Lines of other pages than the seed's, in both languages.
  test.each([
    'Share this:',
    'Click to share on Facebook (Opens in new window)',
    'We use cookies to improve your experience on our website. By continuing to browse, you accept our use of cookies.',
    'Save my name, email, and website in this browser for the next time I comment.',
    'This site uses Akismet to reduce spam. Learn how your comment data is processed.',
    'Sign up for our newsletter',
    'Tags: Syria, Iran',
    'Posted on June 28, 2021 by admin',
    '© 2021 Example News. All rights reserved',
    'Select Language',
    '3 min read',
    'Skip to content',
    'We use cookies to ensure that we give you the best experience on our website.',
    'You may also like',
    'Accept all',
    '2 hours ago',
    'Δ',
    'قبول الكل',
    'آخر الأخبار',
    'منذ ساعتين',
    'مدة القراءة: 3 دقائق',
    'أدخل بريدك الإلكتروني',
    'يجب أن تكون مسجل الدخول لتضيف تعليقاً.',
    'لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *',
    'احفظ اسمي، بريدي الإلكتروني، والموقع الإلكتروني في هذا المتصفح لاستخدامها المرة المقبلة في تعليقي.',
    'نستخدم ملفات تعريف الارتباط لتحسين تجربتك على موقعنا',
    'اضغط للمشاركة على فيسبوك (فتح في نافذة جديدة)',
    'اشترك في نشرتنا البريدية',
    'ابحث في الموقع',
    'اقرأ أيضاً',
    'تابعنا على تويتر',
    'جميع الحقوق محفوظة لقناة المثال 2021',
    '* * *',
  ])('%s', (line) => expect(isFurniture(line)).toBe(true));

  test.each([
    'وقع انفجار.',
    'قتل ثلاثة.',
    'Two people died.',
    'The ministry said the website had been attacked and email addresses of 300 readers published.',
    'قالت الشركة إن موقعها الإلكتروني تعرض لهجوم أدى إلى نشر عناوين بريد إلكتروني لمئات المشتركين.',
    'شارك آلاف المتظاهرين في مسيرة وسط العاصمة',
    'أعلنت إدارة فيسبوك حذف مئات الحسابات المرتبطة بالحرس الثوري',
    'رفض الرئيس التعليق على الموضوع',
    'نشر الموقع صورا جديدة',
    'تعليق الدراسة في المدارس',
    'The new website has 3 million users',
    'New privacy law published',
    'Twitter said it would label the president’s posts.',
  ])('is not: %s', (line) => expect(isFurniture(line)).toBe(false));

  test('a comment section ends the article, its comments included', () => {
    expect(endsArticle('Leave a Reply Cancel reply')).toBe(true);
    expect(endsArticle('اترك تعليقاً')).toBe(true);
    expect(endsArticle('12 Comments')).toBe(true);
    const page = parseReport('page', 'عنوان التقرير عن الجسر\n\nانهار الجسر أمس.\n\nأغلقت الطريق.\n\n3 Comments\n\nسامي: هذا كذب!\n\nمنى: الله يستر');
    expect(page.passages.map((p) => p.text)).toEqual(['عنوان التقرير عن الجسر', 'انهار الجسر أمس.', 'أغلقت الطريق.']);
  });

  test('a link to the comments under the headline does not', () => {
    const page = parseReport('page', 'عنوان التقرير عن الجسر\n\n3 Comments\n\nانهار الجسر أمس.\n\nأغلقت الطريق.\n\nالتعليقات (3)\n\nسامي: هذا كذب!');
    expect(page.passages.map((p) => p.text)).toEqual(['عنوان التقرير عن الجسر', 'انهار الجسر أمس.', 'أغلقت الطريق.']);
  });

  test('what stands before the title is not the title', () => {
    expect(parseReport('page', 'Skip to content\nMenu\n\nFlood closes the old port\n\nWater rose by two metres.').title).toBe('Flood closes the old port');
  });
});

describe('reports of any shape', () => {
  test('lines without blank lines are a paragraph each; a wrapped paragraph is one', () => {
    expect(parseReport('a', 'عنوان الخبر هنا\nالسطر الأول.\nالسطر الثاني.\nالسطر الثالث.').passages).toHaveLength(4);
    expect(parseReport('b', 'A title of some length\n\nFirst line of a paragraph\nthat goes on here.\n\nSecond one.').passages).toHaveLength(3);
  });

  test('a byte order mark and Windows line ends move no span', () => {
    const source = '\ufeffعنوان الخبر هنا\r\n\r\nالفقرة الأولى. وتتمتها.\r\n\r\nالثانية.';
    for (const p of parseReport('c', source).passages) expect(source.slice(p.start, p.end)).toBe(p.text);
    expect(parseReport('c', source).passages[1]?.sentences).toHaveLength(2);
  });

  test('every passage and sentence is a slice of the source', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\n', '\n\n', '\r\n \r\n', 'قال الوزير. ', '“نعم”', 'Share this:', '\u2029'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        const source = parts.join('');
        let last = 0;
        for (const passage of parseReport('random', source).passages) {
          expect(source.slice(passage.start, passage.end)).toBe(passage.text);
          expect(passage.start).toBeGreaterThanOrEqual(last);
          last = passage.end;
          for (const s of passage.sentences) {
            expect(s.start).toBeGreaterThanOrEqual(passage.start);
            expect(s.end).toBeLessThanOrEqual(passage.end);
          }
        }
      }),
    );
  });
});

describe('the seeds folder', () => {
  test('a file that is not UTF-8 or holds nothing is named and skipped; the rest is read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'good.txt'), 'عنوان الخبر\n\nمتن الخبر.');
    writeFileSync(join(folder, 'latin.txt'), Buffer.from([0xc7, 0xe1, 0xff]));
    writeFileSync(join(folder, 'empty.txt'), '\n\n');
    writeFileSync(join(folder, 'notes.csv'), 'not a report');
    mkdirSync(join(folder, 'translations'));
    const { documents, skipped } = await readReports(folder);
    expect(documents.map((d) => d.id)).toEqual(['good']);
    expect(skipped).toEqual(['empty.txt: no text of a report in it', 'latin.txt: not valid UTF-8; save it as UTF-8']);
  });

  test('a translation is taken paragraph by paragraph; one that does not fit is named and changes nothing', async () => {
    const folder = temporaryFolder();
    const english = join(folder, 'translations', 'en');
    mkdirSync(english, { recursive: true });
    for (const name of ['aligned', 'short', 'latin', 'none']) writeFileSync(join(folder, `${name}.txt`), `العنوان هنا\n\nقال المصدر شيئا. ${name}`);
    writeFileSync(join(english, 'aligned.txt'), 'The heading\n\nThe source said something.');
    writeFileSync(join(english, 'short.txt'), 'The heading');
    writeFileSync(join(english, 'latin.txt'), Buffer.from([0x54, 0xe9, 0x0a]));
    const { documents, skipped } = await readReports(folder);
    expect(documents.map((d) => [d.id, d.passages.map((p) => p.translation)])).toEqual([
      ['aligned', ['The heading', 'The source said something.']],
      ['latin', [undefined, undefined]],
      ['none', [undefined, undefined]],
      ['short', [undefined, undefined]],
    ]);
    expect(skipped).toEqual([
      'translations/en/latin.txt: not valid UTF-8; save it as UTF-8',
      'translations/en/short.txt: it has 1 paragraphs, the report 2; align them one to one',
    ]);
  });

  test("the seed's own translation is aligned", async () => {
    const { documents, skipped } = await readReports('seeds');
    expect(skipped).toEqual([]);
    expect(documents[0]?.passages.every((passage) => passage.translation !== undefined)).toBe(true);
    expect(documents[0]?.passages[10]?.translation).toMatch(/^The White House said .* Iran is a bad actor\.$/u);
  });

  test('missing, empty and unreadable folders say what to do', async () => {
    await expect(readReports(join(temporaryFolder(), 'nowhere'))).rejects.toThrow(/does not exist\. Set SEEDS_DIR/u);
    await expect(readReports(temporaryFolder())).rejects.toThrow(/No report in .* Put a UTF-8 \.txt file there/u);
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    await expect(readReports(file)).rejects.toThrow(/is not a folder/u);
  });
});
