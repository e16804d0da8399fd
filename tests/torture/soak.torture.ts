/** Many questions in one process, with all that answers on Discord but Discord. */
import { test } from 'vitest';
import { allCommands } from '../../commands/all.ts';
import { openApp } from '../../src/app.ts';
import { receptionFor } from '../../src/bot.ts';
import { Progress } from '../../src/cli/output.ts';
import { Metrics } from '../../src/monitoring/metrics.ts';
import { Database } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { QUESTIONS } from './program.ts';
import { Findings, megabytes, some } from './table.ts';

const PEOPLE = 500;
const AT_A_TIME = 4;

const findings = new Findings('Soak');

test('50,000 questions', async () => {
  const total = some(50_000);
  const warm = some(5_000);
  const app = await openApp(testConfig());
  const database = await Database.open({ folder: temporaryFolder(), url: undefined }, () => undefined);
  const unlimited = { perUser: 1e9, perServer: 1e9, waiting: 1e9 };
  const reception = receptionFor(app, new Records(database, 90), allCommands(false), new Metrics(), unlimited);
  const bar = new Progress('Soak');
  let next = 0;
  const ask = async (end: number) => {
    while (next < end) {
      const i = next++;
      const place = { channelId: `c${i % 50}`, threadOf: null, guildId: `g${i % 10}`, userId: `u${i % PEOPLE}` };
      await reception.answer(place, `${QUESTIONS[i % QUESTIONS.length]} ${i}`);
      if (i % 100 === 0) bar.update(i, total);
    }
  };
  const until = (end: number) => Promise.all(Array.from({ length: AT_A_TIME }, () => ask(end)));
  await until(warm);
  const before = await settledMemory();
  await until(total);
  const after = await settledMemory();
  bar.finish();
  const growth = 100 * (after / before - 1);
  findings.add(
    `${total.toLocaleString('en')} questions in one process: memory after ${warm.toLocaleString('en')} / at the end`,
    `${megabytes(before)} / ${megabytes(after)} MB (${growth.toFixed(1)} %)`,
    growth < 5,
  );
  await database.close();
  await app.close();
});

/** Resident memory once what can be collected has been, in bytes. */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  return process.memoryUsage.rss();
}
