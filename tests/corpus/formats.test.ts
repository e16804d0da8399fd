import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import type { Document } from '../../src/corpus/document.ts';
import { extract } from '../../src/corpus/formats/extract.ts';
import { extractHtml } from '../../src/corpus/formats/html.ts';
import { extractMarkdown } from '../../src/corpus/formats/markdown.ts';
import { blocksOfPages, type Line } from '../../src/corpus/formats/pdf-blocks.ts';
import { parseExtracted } from '../../src/corpus/parse.ts';
import { readReports } from '../../src/corpus/read.ts';
import { ARABIC, docxOf, ENGLISH, htmlOf, markdownOf, pdfOf, plainPdf, type Report, type SetText, setPdf } from '../fixtures/formats.ts';
import { temporaryFolder } from '../support/app.ts';

vi.mock('../../src/corpus/formats/extract.ts', async (original) => {
  const module = await original<typeof import('../../src/corpus/formats/extract.ts')>();
  return { ...module, extract: vi.fn(module.extract) };
});

/** A folder of reports: contents by file name. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function readOne(name: string, content: string | Uint8Array): Promise<Document> {
  const { documents, skipped } = await readReports(folderOf({ [name]: content }));
  expect(skipped).toEqual([]);
  return documents[0] as Document;
}

function expectVerbatim({ source, passages }: Document): void {
  for (const { start, end, text, sentences } of passages) {
    expect(source.slice(start, end)).toBe(text);
    expect(text).not.toMatch(/^\s|\s$|\n/u);
    for (const sentence of sentences) expect(sentence.start >= start && sentence.end <= end).toBe(true);
  }
}

const reversed = (line: string) => [...line].reverse().join('');

describe.each([
  ['English', ENGLISH, 'en'],
  ['Arabic', ARABIC, 'ar'],
] as const)('a report in %s', (_, report: Report, language) => {
  const texts = [report.title, ...report.sections.flatMap(({ paragraphs }) => paragraphs)];
  const headings = [undefined, ...report.sections.flatMap(({ heading, paragraphs }) => paragraphs.map(() => ({ heading })))];
  const pages = [undefined, ...report.sections.flatMap(({ heading, paragraphs }, i) => paragraphs.map(() => ({ page: i + 1, heading })))];

  test.each([
    ['report.md', () => markdownOf(report), headings],
    ['report.html', () => htmlOf(report, language), headings],
    ['report.htm', () => htmlOf(report, language), headings],
    ['report.docx', () => docxOf(report), headings],
    ['report.pdf', () => pdfOf(report, language === 'ar'), pages],
    ['bold.pdf', () => pdfOf(report, language === 'ar', {}, 'bold'), pages],
  ] as const)('%s: title, paragraphs, places', async (name, content, places) => {
    const document = await readOne(name, await content());
    expect(document.id).toBe(name);
    expect(document.title).toBe(report.title);
    expect(document.passages.map(({ text }) => text)).toEqual(texts);
    expect(document.passages.map(({ place }) => place)).toEqual(places);
    expectVerbatim(document);
  });
});

describe('what a file says of itself', () => {
  test('HTML: date, language, canonical address', async () => {
    expect(await readOne('a.html', htmlOf(ENGLISH, 'en-GB'))).toMatchObject({ date: '2024-05-31', language: 'en-GB', link: 'https://news.example/flood' });
  });

  test('HTML in another encoding that the page names', async () => {
    const page = Buffer.from('<html><head><meta charset="windows-1256"></head><body><h1>X</h1><p>', 'latin1');
    const { passages } = await readOne('a.html', Buffer.concat([page, Buffer.from([0xd3, 0xe1, 0xc7, 0xe3]), Buffer.from('</p></body></html>')]));
    expect(passages.map(({ text }) => text)).toContain('سلام');
  });

  test('PDF: title and day, but no title that a program made up', async () => {
    const info = { Title: 'The flood, in short', CreationDate: new Date('2024-05-31T12:00:00Z') };
    const document = await readOne('a.pdf', await pdfOf(ENGLISH, false, { info }));
    expect(document).toMatchObject({ title: info.Title, date: '2024-05-31' });
    // What it shows instead can be quoted all the same.
    expect(document.passages[1]?.text).toBe(ENGLISH.title);
    expect(await readOne('a.pdf', await pdfOf(ENGLISH, false, { info: { Title: 'Microsoft Word - flood.docx' } }))).toMatchObject({ title: ENGLISH.title });
  });

  test('DOCX: day and language', async () => {
    expect(await readOne('a.docx', docxOf(ENGLISH))).toMatchObject({ title: ENGLISH.title, date: '2024-05-31', language: 'en-GB' });
  });

  test('Markdown: front matter, which is no text of the report', async () => {
    const document = await readOne('a.md', markdownOf(ENGLISH, '---\ntitle: The flood\ndate: 2024-05-31\nlanguage: en\nlink: https://news.example/a\n---\n'));
    expect(document).toMatchObject({ title: 'The flood', date: '2024-05-31', language: 'en', link: 'https://news.example/a' });
    expect(document.passages[0]?.text).toBe('The flood');
    expect(document.source).not.toContain('news.example');
  });

  test('a file beside it goes before that; a wrong one is named and left out', async () => {
    const folder = folderOf({
      'a.md': markdownOf(ENGLISH, '---\ndate: 2020-01-01\nlanguage: en\n---\n'),
      'a.md.yaml': 'title: Flood\ndate: 2024-05-31 08:00\n',
      'b.txt': 'عنوان الخبر هنا\n\nمتن الخبر.',
      'b.txt.yaml': 'link: https://news.example/b\n',
      'c.txt': 'A title of some length\n\nSome text.',
      'c.txt.yaml': 'author: me\n',
      'd.txt': 'Another title of some length\n\nOther text.',
      'd.txt.yaml': 'link: javascript:alert(1)\n',
      'e.txt': 'A third title of some length\n\nA third text.',
      'e.txt.yaml': 'title: "open\n',
      'f.txt': 'A fourth title of some length\n\nA fourth text.',
      'f.txt.yaml': '- a list\n',
    });
    const { documents, skipped } = await readReports(folder);
    expect(documents.map(({ title, date, language, link }) => [title, date, language, link])).toEqual([
      ['Flood', '2024-05-31', 'en', undefined],
      ['عنوان الخبر هنا', undefined, undefined, 'https://news.example/b'],
      ['A title of some length', undefined, undefined, undefined],
      ['Another title of some length', undefined, undefined, undefined],
      ['A third title of some length', undefined, undefined, undefined],
      ['A fourth title of some length', undefined, undefined, undefined],
    ]);
    expect(skipped).toEqual([
      'c.txt.yaml: unknown key "author"; known are title, date, language, link',
      'd.txt.yaml: link: expected an http(s) address',
      expect.stringMatching(/^e\.txt\.yaml: not valid YAML \(line \d\)$/u),
      expect.stringMatching(/^f\.txt\.yaml: expected lines such as/u),
    ]);
  });
});

describe('text of a PDF', () => {
  const read = async (pdf: Uint8Array) => (await readOne('a.pdf', pdf)).passages.map(({ text }) => text);
  const lines = ['عنوان الخبر الأول', 'قال الوزير شيئا مهما.'];

  test('Arabic comes in reading order, however it was placed', async () => {
    expect(await read(plainPdf(lines.map(reversed)))).toEqual(lines);
    expect(await read(plainPdf(lines, true))).toEqual(lines);
  });

  test('numbers and names within it too', async () => {
    const line = 'قالت AFP إن 25 قتلوا';
    const seen = line.split(' ').map((word) => (/^\w/u.test(word) ? word : reversed(word)));
    expect(await read(plainPdf([seen.reverse().join(' ')]))).toEqual([line]);
  });

  test('presentation forms are plain letters', async () => {
    expect(await read(plainPdf([reversed('ﺳﻼﻡ ﻋﻠﻴﻜﻢ'), reversed('ﻭﺻﻞ ﺍﻟﻮﻓﺪ.')]))).toEqual(['سلام عليكم', 'وصل الوفد.']);
  });
});

describe('what is set apart in a PDF', () => {
  const [night = '', pumps = ''] = ENGLISH.sections[0]?.paragraphs ?? [];
  const [repairs = ''] = ENGLISH.sections[1]?.paragraphs ?? [];
  const title = { text: ENGLISH.title, size: 22 };
  const read = async (...texts: readonly SetText[]) => readOne('a.pdf', await setPdf([texts], false));

  test('a heading stands over what is below it, in larger letters or in bold ones', async () => {
    for (const style of [{ size: 17 }, { bold: true }, { bold: true, space: 0 }]) {
      const { passages } = await read(title, { text: night }, { text: 'Repairs', ...style }, { text: repairs });
      expect(passages.map(({ text, place }) => [text, place?.heading])).toEqual([
        [ENGLISH.title, undefined],
        [night, undefined],
        [repairs, 'Repairs'],
      ]);
    }
  });

  test.each<[string, ...SetText[]]>([
    ['a sentence', { text: 'Forty boats sank at their moorings.', size: 17 }],
    ['a quote', { text: '“The pumps had failed”', size: 17 }],
    ['more than two lines', { text: 'Forty boats sank at their moorings and '.repeat(4).trim(), size: 17 }],
    ['a line of contents', { text: 'Repairs . . . . . . . . 5', bold: true }],
    ['a list', { text: 'Forty boats', bold: true }, { text: 'Two pumps', bold: true }],
    ['larger letters that a sentence goes on from', { text: 'The old harbour', size: 17 }, { text: 'was closed on Tuesday after water rose.' }],
    ['bold words that fill a line', { text: `Mayor Helen Marsh told reporters ${pumps}`, bold: 'first line' }],
    ['smaller letters', { text: 'Picture of the harbour', size: 9, bold: true }],
  ])('%s is no heading', async (_, ...texts) => {
    const { passages } = await read(title, { text: night }, ...texts, { text: repairs });
    expect(passages.map(({ text }) => text)).toEqual([ENGLISH.title, night, ...texts.map(({ text }) => text), repairs]);
    expect(passages.flatMap(({ place }) => place?.heading ?? [])).toEqual([]);
  });

  test('nor is what stands last on its page, or below the title unlike any heading further down, or is as bold as the rest', async () => {
    const standfirst = { text: 'Forty boats sink as pumps fail', size: 17 };
    const byline = { text: 'Ruth Calder', bold: true };
    const office = { text: 'Press office of Port Amber', bold: true };
    const heading = { text: 'Repairs', bold: true };
    const { passages } = await read(title, byline, standfirst, { text: night }, heading, { text: repairs }, office);
    expect(passages.map(({ text }) => text)).toEqual([ENGLISH.title, byline.text, standfirst.text, night, repairs, office.text]);
    const bold = await read(title, { text: night, bold: true }, office, { text: repairs });
    expect(bold.passages.map(({ text }) => text)).toContain(office.text);
  });

  test('the largest letters at the top are the title, whatever stands above them', async () => {
    const { title: found, passages } = await read({ text: 'Port Amber Gazette', bold: true }, title, { text: night }, { text: 'Repairs', size: 30 });
    expect(found).toBe(ENGLISH.title);
    expect(passages.map(({ text }) => text)).toEqual([ENGLISH.title, 'Port Amber Gazette', night, 'Repairs']);
  });

  test('a title that later pages repeat at their head in smaller letters is none of their running heads', async () => {
    const title = { text: 'The flood of May' };
    const pages = [night, pumps, repairs].map((text, i) => [{ ...title, size: i === 0 ? 22 : 9 }, { text }]);
    const { passages } = await readOne('a.pdf', await setPdf(pages, false));
    expect(passages.map(({ text }) => text)).toEqual([title.text, night, pumps, repairs]);
  });

  test('no line is lost, and no sentence is a heading, however lines are set', () => {
    const line = fc.record({
      text: fc.constantFrom('Repairs', 'Water rose.', 'and sank at their moorings', 'قال الوزير', '12', 'P', '“Nothing”', '-', 'What now?'),
      size: fc.constantFrom(8, 11, 13, 24),
      bold: fc.boolean(),
      down: fc.constantFrom(0, 14, 30, -200),
      wide: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 12 }), { maxLength: 4 }), (pages) => {
        let baseline = 800;
        const placed = pages.map((page, i) =>
          page.map(({ text, size, bold, down, wide }): Line => {
            baseline -= down;
            return { text, page: i + 1, left: 0, right: wide, baseline, size, smallest: size, bold };
          }),
        );
        const blocks = blocksOfPages(placed);
        const letters = (text: string) => text.replace(/ /gu, '');
        expect(letters(blocks.map(({ text }) => text).join(''))).toBe(letters(placed.flatMap((page) => page.map(({ text }) => text)).join('')));
        for (const { kind, text } of blocks) if (kind === 'heading') expect(text).toMatch(/^[^“].*\p{L}{2}.*[^.?]$/u);
        expect(blocks.filter(({ kind }) => kind === 'title').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('headings alone make no paragraphs; what stands around an article is left out', async () => {
  expect((await readOne('a.md', '# Only a title\n\n## And a heading\n')).passages.map(({ kind, text }) => [kind, text])).toEqual([['title', 'Only a title']]);
  const { passages } = await readOne('b.md', '# Flood closes the port\n\nWater rose.\n\nShare this:\n\nTwo boats sank.\n\n## Leave a Reply\n\nBob: lies!\n');
  expect(passages.map(({ text }) => text)).toEqual(['Flood closes the port', 'Water rose.', 'Two boats sank.']);
});

test('markup is in no quote', async () => {
  const { passages } = await readOne(
    'a.md',
    '# The *title* of `it`\n\nSome **bold** [link](https://x.example) &amp; <b>more</b>.\n\n- One boat.\n- Another\n  boat.\n\n| port | boats |\n|---|---|\n| Amber | 40 |\n\n> Quoted words.\n',
  );
  expect(passages.map(({ text }) => text)).toEqual([
    'The title of it',
    'Some bold link & more.',
    'One boat.',
    'Another boat.',
    'port | boats',
    'Amber | 40',
    'Quoted words.',
  ]);
});

describe('files that are none', () => {
  test.each([
    ['empty.md', '', 'no text of a report in it'],
    ['empty.html', '', 'no text of a report in it'],
    ['empty.pdf', '', 'not a PDF file; save it as PDF again'],
    ['empty.docx', '', 'not a DOCX file, or an encrypted one; save it as .docx without a password'],
    ['latin.md', Buffer.from([0x23, 0x20, 0xe9, 0x0a]), 'not valid UTF-8; save it as UTF-8'],
    ['latin.html', Buffer.from([0x3c, 0x70, 0x3e, 0xe9]), 'not valid UTF-8; save it as UTF-8'],
    ['front.md', '---\ntitle: "open\n---\n\n# Title\n\nText.', /^front matter: not valid YAML \(line \d\)$/u],
    ['unknown.md', '---\nautor: me\n---\n\n# Title\n\nText.', 'front matter: unknown key "autor"; known are title, date, language, link'],
    ['page.html', '<html><body><nav><a href="/">Home</a></nav><footer>© 2024</footer></body></html>', 'no text of a report in it'],
    ['magic.pdf', 'PK not a PDF', 'not a PDF file; save it as PDF again'],
    ['magic.docx', '%PDF-1.4', 'not a DOCX file, or an encrypted one; save it as .docx without a password'],
    ['cut.docx', docxOf(ENGLISH).subarray(0, 900), /^can't be read as DOCX \(.+\); it may be damaged, save it anew$/u],
    ['none.docx', zipSync({ 'a.xml': strToU8('<a/>') }), /^can't be read as DOCX \(.+\); it may be damaged, save it anew$/u],
    ['cut.pdf', plainPdf(['text']).subarray(0, 300), /^(can't be read as PDF|no text in it)/u],
    ['scan.pdf', plainPdf([]), 'no text in it, only pictures of pages; put it through text recognition (OCR) first'],
  ] as const)('%s is named and skipped', async (name, content, why) => {
    const { documents, skipped } = await readReports(folderOf({ [name]: content, 'good.txt': 'A title of some length\n\nSome text.' }));
    expect(documents.map(({ id }) => id)).toEqual(['good']);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]?.slice(0, name.length + 2)).toBe(`${name}: `);
    expect(skipped[0]?.slice(name.length + 2)).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
  });

  test('an encrypted PDF, one cut in half, a DOCX that unpacks to far more, and one that is too large', async () => {
    const whole = await pdfOf(ENGLISH, false);
    const folder = folderOf({
      'bomb.docx': docxOf(ENGLISH, { 'word/big.xml': new Uint8Array(101 * 2 ** 20) }),
      'encrypted.pdf': await pdfOf(ENGLISH, false, { userPassword: 'secret', pdfVersion: '1.7' }),
      'good.txt': 'A title of some length\n\nSome text.',
      'half.pdf': whole.subarray(0, 400),
      'huge.pdf': '%PDF-1.4',
    });
    truncateSync(join(folder, 'huge.pdf'), 51 * 2 ** 20);
    const { documents, skipped } = await readReports(folder);
    expect(documents.map(({ id }) => id)).toEqual(['good']);
    expect(skipped).toEqual([
      'bomb.docx: it unpacks to more than 100 MB; save it anew, or in parts',
      'encrypted.pdf: it is encrypted; save it without a password',
      expect.stringMatching(/^half\.pdf: /u),
      'huge.pdf: larger than 50 MB; save it in parts',
    ]);
  });

  test('a DOCX part that unpacks to more than it states', async () => {
    const bytes = docxOf(ENGLISH, { 'word/document.xml': strToU8(`<a>${'x'.repeat(100_000)}</a>`) });
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let i = 0; i < bytes.length - 4; i++) if (view.getUint32(i, true) === 100_007) view.setUint32(i, 10, true);
    await expect(extract('docx', bytes)).rejects.toThrow(/can't be read as DOCX/u);
  });

  test('one that takes too long or is nested too deep', async () => {
    await expect(extract('markdown', strToU8('text'), 1)).rejects.toThrow(/it took more than .* save it in parts/u);
    await expect(extract('html', strToU8('<div>'.repeat(200_000)), 4_000)).rejects.toThrow(/save it/u);
  });
});

describe('extracted texts are kept', () => {
  test('a second read extracts nothing; what is damaged is extracted anew; what is old goes', async () => {
    const folder = folderOf({ 'a.md': markdownOf(ENGLISH, '---\nlanguage: en\n---\n'), 'b.html': htmlOf(ARABIC, 'ar') });
    const index = temporaryFolder();
    const kept = join(index, 'extracted');
    const calls = vi.mocked(extract).mock.calls;
    const read = async () => {
      calls.length = 0;
      const { documents } = await readReports(folder, index);
      return { documents, extracted: calls.length };
    };
    const first = await read();
    expect(first.extracted).toBe(2);
    expect(readdirSync(kept).map((name) => name.replace(/^[0-9a-f]{64}/u, ''))).toEqual(
      expect.arrayContaining(['-html-2.json', '-html-2.txt', '-markdown-2.json', '-markdown-2.txt']),
    );
    expect(await read()).toEqual({ documents: first.documents, extracted: 0 });
    for (const name of readdirSync(kept)) {
      const file = join(kept, name);
      const bytes = readFileSync(file);
      for (const damage of [
        () => truncateSync(file, 10),
        () =>
          writeFileSync(
            file,
            bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
          ),
      ]) {
        damage();
        expect(await read()).toEqual({ documents: first.documents, extracted: 1 });
      }
    }
    const old = join(kept, `${'0'.repeat(64)}-1.txt`);
    const others = join(kept, 'notes.txt');
    for (const file of [old, others]) {
      writeFileSync(file, 'old');
      utimesSync(file, 0, 0);
    }
    writeFileSync(join(folder, 'c.md'), '# Another report\n\nIt is new.');
    await read();
    expect(readdirSync(kept)).toContain('notes.txt');
    expect(readdirSync(kept)).not.toContain(old.slice(kept.length + 1));
  });

  test('that there is none is kept too, for a month and this file as it is, where the file is to blame', async () => {
    const folder = folderOf({ 'a.pdf': 'PK not a PDF', 'good.txt': 'A title of some length\n\nSome text.' });
    symlinkSync(temporaryFolder(), join(folder, 'b.pdf'));
    const index = temporaryFolder();
    const calls = vi.mocked(extract).mock.calls;
    const read = async (again = false) => {
      calls.length = 0;
      const { skipped } = await readReports(folder, index, again);
      return { skipped, extracted: calls.length };
    };
    const skipped = ['a.pdf: not a PDF file; save it as PDF again', "b.pdf: can't be read (EISDIR)"];
    expect(await read()).toEqual({ skipped, extracted: 1 });
    expect(await read()).toEqual({ skipped, extracted: 0 });
    expect(await read(true)).toEqual({ skipped, extracted: 1 });
    const kept = readdirSync(join(index, 'extracted'));
    expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{64}-pdf-2\.failed$/u)]);
    utimesSync(join(index, 'extracted', kept[0] ?? ''), 0, 0);
    expect(await read()).toEqual({ skipped, extracted: 1 });
    renameSync(join(folder, 'a.pdf'), join(folder, 'a.docx'));
    expect((await read()).skipped[0]).toMatch(/^a\.docx: can't be read as DOCX/u);
    writeFileSync(join(folder, 'a.docx'), docxOf(ENGLISH));
    expect((await read()).skipped).toEqual(skipped.slice(1));
  });

  test('where nothing can be kept, it is extracted each time', async () => {
    const file = join(folderOf({ file: '' }), 'file');
    expect((await readReports(folderOf({ 'a.md': markdownOf(ENGLISH) }), file)).documents).toHaveLength(1);
  });
});

describe('several files', () => {
  test('of one name have ids of their own, and so have those of another ending', async () => {
    const { documents, skipped } = await readReports(
      folderOf({ 'a.txt': 'A title of some length\n\nSome text.', 'a.md': '# Another title\n\nOther text.', 'a.md.txt': 'A third title\n\nA third text.' }),
    );
    expect(documents.map(({ id }) => id)).toEqual(['a.md', 'a']);
    expect(skipped).toEqual(['a.md.txt: its id is the same as that of a.md; rename one of them']);
  });

  test('with the same text are one report', async () => {
    const text = 'A title of some length\n\nSome text.';
    const { documents, skipped } = await readReports(
      folderOf({ 'a.txt': text, 'b.txt': text, 'c.md': `# ${text}`, 'd.html': '<h1>Another flood</h1><p>Some text.</p>' }),
    );
    expect(documents.map(({ id }) => id)).toEqual(['a', 'd.html']);
    expect(skipped).toEqual(['b.txt: the same text as a.txt; remove one of them', 'c.md: the same text as a.txt; remove one of them']);
  });

  test('a translation is plain text under the whole name', async () => {
    const folder = folderOf({ 'a.md': '# العنوان هنا\n\n## قسم\n\nقال المصدر شيئا.' });
    mkdirSync(join(folder, 'translations', 'en'), { recursive: true });
    writeFileSync(join(folder, 'translations', 'en', 'a.md.txt'), 'The heading\n\nThe source said something.');
    const { documents, skipped } = await readReports(folder);
    expect(skipped).toEqual([]);
    expect(documents[0]?.passages.map(({ translation }) => translation)).toEqual(['The heading', 'The source said something.']);
  });
});

describe('whatever the file', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('قال الوزير. ', 'Water rose. ', '\u200f', 'ﻻ', '&nbsp;', '&#0;', '\n', '\n\n', '   '),
  );
  const hostile = { numRuns: 60 };

  test('quotes of Markdown are verbatim', async () => {
    const piece = fc.oneof(
      text,
      fc.constantFrom('# ', '## ', '- ', '> ', '**', '`', '```\n', '---\n', '|a|b|\n|-|-|\n', '[a](b)', '<p>', '</div>', '<script>'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (parts) => {
        const extracted = await extractMarkdown(strToU8(`# T\n\n${parts.join('')}`));
        expectVerbatim(parseExtracted('random', extracted));
      }),
      hostile,
    );
  });

  test('quotes of HTML are verbatim', () => {
    const tag = fc.constantFrom(
      '<p>',
      '</p>',
      '<h2>',
      '</h2>',
      '<div>',
      '</div>',
      '<br>',
      '<table><tr><td>',
      '</td><td>',
      '</table>',
      '<b>',
      '<!--',
      '-->',
      '<svg>',
      '<li>',
      '<article>',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(text, tag), { maxLength: 30 }), (parts) => {
        expectVerbatim(parseExtracted('random', extractHtml(strToU8(`<html><body>${parts.join('')}</body></html>`))));
      }),
      hostile,
    );
  });
});
