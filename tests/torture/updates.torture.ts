/** Reports that change while people ask: no question waits for the new index or is lost, and the change is answered from. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quantile } from '../../src/evaluation/metrics.ts';
import { DiscordServer } from '../support/discord-server.ts';
import { ANSWERED, copyOfSeeds, startBotProgram } from './program.ts';
import { count, Findings, pause, some } from './table.ts';

const findings = new Findings('Updates');

test('reports change while people ask', async () => {
  const { seeds, report, text } = copyOfSeeds();
  const server = await DiscordServer.start({ timeoutMs: 60_000 });
  const bot = await startBotProgram(server, 19_467, { SEEDS_DIR: seeds });
  const guild = server.addGuild({ name: 'News' });
  const user = server.addUser({ username: 'salma' });
  const ask = async (question: string) => (await server.slash({ user, guild, name: 'ask', options: { question } }).reply()).embeds[0]?.description ?? '';
  const times: number[] = [];
  let changing = true;
  let wrong = 0;
  const asking = (async () => {
    while (changing) {
      const begun = performance.now();
      if (!(await ask(ANSWERED.question)).includes(ANSWERED.place)) wrong++;
      times.push(performance.now() - begun);
    }
  })();
  const noticed: number[] = [];
  const changes = some(20);
  const seen = await count('Reports change', changes, async (i) => {
    const begun = performance.now();
    const before = reloads();
    writeFileSync(`${report}.new`, text.replace('مساء الاثنين', `مساء الاثنين (تحديث${i})`));
    renameSync(`${report}.new`, report);
    await until(() => reloads() > before);
    noticed.push(performance.now() - begun);
    return (await ask('أين سقطت القذائف المدفعية مساء الاثنين؟')).includes(`تحديث${i}`);
  });
  // Changed again and again while the index is being built: what is there in the end is answered from.
  const burst = some(20);
  for (let i = 0; i < burst; i++) {
    writeFileSync(report, text.replace('مساء الاثنين', `مساء الاثنين (عاجل${i})`));
    await pause(200 + 100 * i);
  }
  let last = '';
  while (!last.includes(`عاجل${burst - 1}`)) last = await ask('أين سقطت القذائف المدفعية مساء الاثنين؟');
  // The quiet after which a change is told, and the time of a reload.
  await pause(3_000);
  const other = join(seeds, 'bridge.txt');
  const before = reloads();
  writeFileSync(other, 'انهيار جسر قديم في المدينة\n\nانهار الجسر فجر الأحد بعد فيضان النهر الكبير.\n\nأغلقت الشرطة الطريق حتى المساء.\n');
  await until(() => reloads() > before);
  const added = (await ask('متى انهار الجسر القديم؟')).includes('فجر الأحد');
  rmSync(other);
  await until(() => reloads() > before + 1);
  const removed = !(await ask('متى انهار الجسر القديم؟')).includes('فجر الأحد');
  changing = false;
  await asking;
  const embedded = [...bot.output().matchAll(/"embedded":(\d+)/gu)].map(([, texts]) => Number(texts));
  findings.add(
    `${changes} changes to a report while people ask: answered from within (a second of quiet included)`,
    `${(Math.max(...noticed) / 1000).toFixed(1)} s`,
    seen === changes,
  );
  findings.add('passages embedded for a change of one', `${Math.max(...embedded.slice(0, changes))} of 14`, Math.max(...embedded.slice(0, changes)) === 1);
  findings.add(`${burst} changes at growing intervals, some while an index is built`, 'the last one is answered from');
  findings.add('a report added, then removed', 'answered from, then no longer', added && removed);
  findings.add(`questions meanwhile: answered; slowest`, `${times.length} of ${times.length + wrong}; ${Math.round(quantile(times, 1))} ms`, wrong === 0);
  bot.child.kill('SIGTERM');
  expect(await bot.ended).toBe(0);
  await server.close();

  function reloads(): number {
    return bot.output().match(/the reports changed/gu)?.length ?? 0;
  }
  async function until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise((resolve) => bot.child.stderr?.once('data', resolve));
  }
});
