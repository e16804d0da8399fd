/** Random damages of the files of an index and of a database: a bit flipped, cut short, emptied, removed; and one bit in each file of the model. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'vitest';
import { loadEncoder } from '../../src/app.ts';
import { readReports } from '../../src/corpus/read.ts';
import { mulberry32 } from '../../src/evaluation/metrics.ts';
import { FolderStore } from '../../src/indexing/folder-store.ts';
import { Database } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { isOneLine, run } from './program.ts';
import { count, Findings, some } from './table.ts';

const findings = new Findings('Damage');

/** Damages a random file of a folder. */
function damage(folder: string, next: () => number): void {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const file = join(folder, names[Math.floor(next() * names.length)] ?? '');
  const kinds = [() => flip(file, next), () => truncateSync(file, Math.floor(next() * statSync(file).size)), () => writeFileSync(file, ''), () => rmSync(file)];
  kinds[Math.floor(next() * kinds.length)]?.();
}

/** Flips one bit of a file. */
function flip(file: string, next: () => number): void {
  const bytes = readFileSync(file);
  const at = Math.floor(next() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
  writeFileSync(file, bytes);
}

test('files of an index', async () => {
  const config = testConfig();
  const encoder = await loadEncoder(config);
  const { documents } = await readReports(config.seedsFolder);
  const sound = await new FolderStore(config.indexFolder).open(documents, encoder);
  const next = mulberry32(11);
  const damages = some(250);
  const healed = await count('Damage to an index', damages, async () => {
    const folder = temporaryFolder();
    const home = join(folder, basename(sound.where));
    cpSync(sound.where, home, { recursive: true });
    damage(home, next);
    const notices: string[] = [];
    const onNotice = (line: string) => notices.push(line);
    const store = new FolderStore(folder);
    const first = await store.open(documents, encoder, { onNotice });
    const second = await store.open(documents, encoder, { onNotice });
    rmSync(folder, { recursive: true });
    return first.built && notices.length === 1 && !second.built && second.index.passages.length === sound.index.passages.length;
  });
  await encoder.close();
  findings.add(
    `${damages} random damages to files of an index: named in one line, built anew, sound after that`,
    `${healed} of ${damages}`,
    healed === damages,
  );
});

test('files of a database', async () => {
  const next = mulberry32(12);
  const damages = some(250);
  const asked = { guild: 'g', user: 'u', language: 'ar', status: 'related', question: 'question', searched: 'question', report: undefined } as const;
  const open = (folder: string, lines: string[] = []) => Database.open({ folder, url: undefined }, (line) => lines.push(line));
  let aside = 0;
  const healed = await count('Damage to a database', damages, async () => {
    const folder = temporaryFolder();
    const before = await open(folder);
    const records = new Records(before, 90);
    for (let n = 0; n < 50; n++) await records.vote(await records.remember(asked), 'u', false, `reason ${n}`);
    // Half of them with the write-ahead log still there, as after a kill.
    if (next() < 0.5) await before.close();
    const copy = temporaryFolder();
    cpSync(folder, copy, { recursive: true });
    await before.close();
    damage(copy, next);
    const lines: string[] = [];
    const first = await open(copy, lines);
    const damaged = new Records(first, 90);
    await damaged.openQuestions('g');
    await damaged.keptOf('u');
    const kept = (await damaged.recall(await damaged.remember(asked))) !== undefined;
    await damaged.forget('u');
    await first.close();
    const second = await open(copy, lines);
    const keptNow = new Records(second, 90);
    const works = (await keptNow.recall(await keptNow.remember(asked))) !== undefined;
    await second.close();
    if (lines.length > 0) aside++;
    for (const used of [folder, copy]) rmSync(used, { recursive: true });
    return kept && works && lines.length <= 1;
  });
  findings.add(
    `${damages} random damages to files of a database: works on (${aside} times with the file put aside)`,
    `${healed} of ${damages}`,
    healed === damages,
  );
});

test('files of the model', async () => {
  const shipped = testConfig().embedding.model;
  const files = readdirSync(shipped, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(shipped, name)).isFile());
  const model = join(temporaryFolder(), basename(shipped));
  const next = mulberry32(13);
  const told = await count('Damage to the model', files.length, async (i) => {
    rmSync(model, { recursive: true, force: true });
    cpSync(shipped, model, { recursive: true });
    flip(join(model, files[i] ?? ''), next);
    const { code, output } = await run(['ask', 'من قصف القاعدة؟'], { EMBEDDING_MODEL: model, INDEX_DIR: temporaryFolder() });
    return code === 1 && isOneLine(output);
  });
  findings.add('one bit flipped in each file of the model: told in one line, not used', `${told} of ${files.length}`, told === files.length);
});
