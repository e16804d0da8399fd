import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { answerObject, answerText } from '../../src/cli/output.ts';
import { answerMessage } from '../../src/discord/render.ts';
import { everyFormat } from '../fixtures/formats.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';

let app: App;

beforeAll(async () => {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(await everyFormat())) writeFileSync(join(folder, name), content);
  app = await openApp(testConfig({ SEEDS_DIR: folder }));
});

afterAll(() => app.close());

test.each([
  ['How many books does the library of the school hold?', 'school', 1, undefined, 'nine thousand', '¶1 · School'],
  ['Who leads the clinic in Tarn?', 'clinic.md', 2, { heading: 'Opening hours' }, 'Ruth Calder', '¶2 · Opening hours'],
  ['How many boats sank at their moorings?', 'flood.html', 1, { heading: 'The night of the flood' }, 'Forty boats', '¶1 · The night of the flood'],
  ['How much does a bed in the night train cost?', 'train.docx', 2, { heading: 'Tickets' }, 'sixty crowns', '¶2 · Tickets'],
  ['How much of the apple harvest was destroyed?', 'orchard.pdf', 1, { page: 1, heading: 'Three nights of frost' }, 'two thirds', '¶1 · p. 1 · Three nights'],
  ['What will growers get for each damaged tree?', 'orchard.pdf', 2, { page: 2, heading: 'Help for growers' }, 'four hundred', '¶2 · p. 2 · Help for growers'],
  ['من تبرع بمبنى المكتبة؟', 'library', 2, undefined, 'يوسف القاسم', '¶2 · مكتبة'],
  ['كم عاملا يعمل في مصنع الأدوية؟', 'factory.md', 1, { heading: 'العمال' }, 'مئتا عامل', '¶1 · العمال'],
  ['على أي عمق عثر الصيادون على السفينة؟', 'museum.html', 1, { heading: 'السفينة' }, 'أربعين مترا', '¶1 · السفينة'],
  ['كم بلغت كلفة جسر الوادي؟', 'bridge.docx', 1, { heading: 'الكلفة' }, 'ستين مليون دينار', '¶1 · الكلفة'],
  ['من قال إن سبب الحريق تماس كهربائي؟', 'fire.pdf', 2, { page: 1, heading: 'فجر الأحد' }, 'سالم الحداد', '¶2 · ص 1 · فجر الأحد'],
  ['ماذا أعلنت البلدية لأصحاب المتاجر المتضررة؟', 'fire.pdf', 3, { page: 2, heading: 'التعويضات' }, 'تعويضات', '¶3 · ص 2 · التعويضات'],
  // Asked in the other language, the label is in that of the question.
  ['Who said that an electrical fault caused the fire?', 'fire.pdf', 2, { page: 1, heading: 'فجر الأحد' }, 'سالم الحداد', '¶2 · p. 1 · فجر الأحد'],
  ['What compensation did the municipality announce?', 'fire.pdf', 3, { page: 2, heading: 'التعويضات' }, 'تعويضات', '¶3 · p. 2 · التعويضات'],
  ['متى يغادر القطار الليلي هالدن؟', 'train.docx', 1, { heading: 'Timetable' }, 'ten in the evening', '¶1 · Timetable'],
  ['كم سيدفع للمزارعين عن كل شجرة متضررة؟', 'orchard.pdf', 2, { page: 2, heading: 'Help for growers' }, 'four hundred', '¶2 · ص 2 · Help for growers'],
])('%s', async (question, id, passage, place, words, label) => {
  const answer = await app.answerer.answer(question);
  expect(answer.status).toBe('answered');
  const [citation] = answer.citations;
  expect(citation).toMatchObject({ document: id, passage });
  expect(citation?.place).toEqual(place);
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
