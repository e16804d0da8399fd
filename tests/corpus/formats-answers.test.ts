import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { answerObject, answerText } from '../../src/cli/output.ts';
import { answerMessage } from '../../src/discord/render.ts';
import { ARABIC, docxOf, ENGLISH, htmlOf, markdownOf, pdfOf, type Report } from '../fixtures/formats.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';

const CLINIC: Report = {
  title: 'New clinic opens in the village of Tarn',
  sections: [
    { heading: 'Opening hours', paragraphs: ['The clinic in Tarn is open from Monday to Thursday.', 'Doctor Ruth Calder leads the clinic with four nurses.'] },
  ],
};
const BRIDGE: Report = {
  title: 'افتتاح جسر الوادي بعد ثلاث سنوات من البناء',
  sections: [{ heading: 'الكلفة', paragraphs: ['بلغت كلفة جسر الوادي ستين مليون دينار.', 'وافتتح الجسر وزير الأشغال كريم النعيمي يوم الخميس.'] }],
};

let app: App;

beforeAll(async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'flood.html'), htmlOf(ENGLISH, 'en'));
  writeFileSync(join(folder, 'fire.pdf'), await pdfOf(ARABIC, true));
  writeFileSync(join(folder, 'clinic.md'), markdownOf(CLINIC));
  writeFileSync(join(folder, 'bridge.docx'), docxOf(BRIDGE));
  writeFileSync(
    join(folder, 'school.txt'),
    'School of Lowmere gets a library\n\nThe library of the school in Lowmere holds nine thousand books.\n\nParents paid for it.',
  );
  app = await openApp(testConfig({ SEEDS_DIR: folder }));
});

afterAll(() => app.close());

test.each([
  ['How many boats sank at their moorings?', 'flood.html', 1, { heading: 'The night of the flood' }, 'Forty boats', '¶1 · The night of the flood'],
  ['من قال إن سبب الحريق تماس كهربائي؟', 'fire.pdf', 2, { page: 1 }, 'سالم الحداد', '¶2 · ص 1'],
  ['ماذا أعلنت البلدية لأصحاب المتاجر المتضررة؟', 'fire.pdf', 3, { page: 2 }, 'تعويضات', '¶3 · ص 2'],
  ['Who leads the clinic in Tarn?', 'clinic.md', 2, { heading: 'Opening hours' }, 'Ruth Calder', '¶2 · Opening hours'],
  ['كم بلغت كلفة جسر الوادي؟', 'bridge.docx', 1, { heading: 'الكلفة' }, 'ستين مليون دينار', '¶1 · الكلفة'],
  ['How many books does the library of the school hold?', 'school', 1, undefined, 'nine thousand', '¶1 · School'],
])('%s', async (question, id, passage, place, words, label) => {
  const answer = await app.answerer.answer(question);
  expect(answer.status).toBe('answered');
  const [citation] = answer.citations;
  expect(citation).toMatchObject({ document: id, passage, ...(place && { place }) });
  expect(citation?.quote).toContain(words);
  const document = app.opened.index.documents.find((one) => one.id === id);
  expect(document?.source.slice(citation?.start, citation?.end)).toBe(citation?.quote);
  const visible = (text: string) => text.replace(/[\u200e\u200f\u2066-\u2069]/gu, '');
  expect(visible(answerText(answer))).toContain(label);
  expect(
    visible(
      answerMessage(answer, false)
        .embeds?.map((embed) => JSON.stringify(embed))
        .join() ?? '',
    ),
  ).toContain(label);
  const [printed] = answerObject(answer)['citations'] as [Record<string, unknown>];
  expect(printed).toMatchObject(place ?? { document: id });
  expect('page' in printed || 'heading' in printed).toBe(place !== undefined);
});
