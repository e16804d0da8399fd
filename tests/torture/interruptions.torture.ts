/** `kill -9` at random moments: of an index build, of a rebuild after a change, of database writes. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import { readReports } from '../../src/corpus/read.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { mulberry32 } from '../../src/evaluation/metrics.ts';
import { FolderStore } from '../../src/indexing/folder-store.ts';
import { Database } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { copyOfSeeds, ROOT, run, start } from './program.ts';
import { count, Findings, pause, some } from './table.ts';

/** Passages of the seed report. */
const PASSAGES = 14;

const findings = new Findings('Interruptions');
let encoder: Encoder;
beforeAll(async () => {
  encoder = await loadEncoder(testConfig());
});
afterAll(() => encoder.close());

/** The next start after a kill: what it opens, and what it complained of. */
async function nextStart(seeds: string, folder: string) {
  const notices: string[] = [];
  const { documents } = await readReports(seeds);
  const opened = await new FolderStore(folder).open(documents, encoder, { onNotice: (line) => notices.push(line) });
  return { ...opened, notices };
}

test('an index build', async () => {
  const environment = { INDEX_DIR: temporaryFolder() };
  const { seedsFolder } = testConfig();
  const begun = performance.now();
  await run(['index', '--force'], environment);
  const whole = performance.now() - begun;
  const next = mulberry32(1);
  const kills = some(100);
  const sound = await count('kill -9 while building', kills, async () => {
    const program = start(['index', '--force'], environment);
    await pause(next() * whole);
    program.child.kill('SIGKILL');
    await program.ended;
    const { index, notices } = await nextStart(seedsFolder, environment.INDEX_DIR);
    return index.passages.length === PASSAGES && notices.length === 0;
  });
  findings.add(`kill -9 at ${kills} random moments of an index build: next starts with a sound index`, `${sound} of ${kills}`, sound === kills);
});

test('a rebuild after a change', async () => {
  const { seeds, report, text } = copyOfSeeds();
  const folder = temporaryFolder();
  const environment = { INDEX_DIR: folder, SEEDS_DIR: seeds };
  await run(['index'], environment);
  const begun = performance.now();
  change(0);
  await run(['index'], environment);
  const whole = performance.now() - begun;
  const next = mulberry32(2);
  const kills = some(100);
  const sound = await count('kill -9 while rebuilding', kills, async (i) => {
    change(i + 1);
    const program = start(['index'], environment);
    await pause(next() * whole);
    program.child.kill('SIGKILL');
    await program.ended;
    const { index, notices } = await nextStart(seeds, folder);
    const [document] = index.documents;
    const quoted = index.passages.every(({ passage }) => document?.source.slice(passage.start, passage.end) === passage.text);
    return index.passages.length === PASSAGES && quoted && (document?.source.includes(changed(i + 1)) ?? false) && notices.length === 0;
  });
  findings.add(`kill -9 at ${kills} random moments of a rebuild after a change: the next start has the change`, `${sound} of ${kills}`, sound === kills);

  function changed(version: number): string {
    return `مساء الاثنين (تحديث ${version})`;
  }
  function change(version: number): void {
    writeFileSync(report, text.replace('مساء الاثنين', changed(version)));
  }
});

test('database writes', async () => {
  const folder = temporaryFolder();
  const writer = join(temporaryFolder(), 'writer.mjs');
  const compiled = (file: string) => JSON.stringify(join(ROOT, 'dist/src/storage', file));
  writeFileSync(
    writer,
    `import { Database } from ${compiled('database.js')};
     import { Records } from ${compiled('records.js')};
     const records = new Records(await Database.open({ folder: process.argv[2], url: undefined }, () => undefined), 90);
     for (let n = 0; ; n++) {
       console.log(await records.remember({ guild: 'g', user: 'u', language: 'ar', status: 'related', question: 'q' + n, searched: 'q' + n, report: undefined }));
       // What was written goes out before the next.
       await new Promise(setImmediate);
     }`,
  );
  const next = mulberry32(3);
  const kills = some(100);
  let acknowledged = 0;
  const kept = await count('kill -9 while writing', kills, async () => {
    const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await pause(next() * 60);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    const ids = output.split('\n').slice(0, -1);
    acknowledged += ids.length;
    const complaints: string[] = [];
    const database = await Database.open({ folder, url: undefined }, (line) => complaints.push(line));
    const records = new Records(database, 90);
    const found = (await Promise.all(ids.map((id) => records.recall(id)))).every((asked) => asked !== undefined);
    await database.close();
    return found && complaints.length === 0;
  });
  findings.add(
    `kill -9 at ${kills} random moments of database writes: all that was acknowledged (${acknowledged.toLocaleString('en')} questions) is there`,
    `${kept} of ${kills}`,
    kept === kills,
  );
});
