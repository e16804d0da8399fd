/** Disks that are full or take nothing. Needs the right to mount a small file system in memory; without it the part is left out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { mayMount, temporaryFolder } from '../support/app.ts';
import { DiscordServer } from '../support/discord-server.ts';
import { ANSWERED, firstLine, isOneLine, run, startBotProgram } from './program.ts';
import { Findings } from './table.ts';

const findings = new Findings('Disks');
const may = mayMount();
const mounted: string[] = [];
afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
});

/** A folder that is a file system of its own. @param options of tmpfs, for example `size=300k` */
function fileSystem(options: string): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  mounted.push(folder);
  return folder;
}

test.runIf(may)('a full disk where the index goes; then there is room', async () => {
  const folder = fileSystem('size=300k');
  const full = await run(['ask', ANSWERED.question], { INDEX_DIR: folder });
  findings.add('disk full while an index is written', firstLine(full.output), full.code === 1 && isOneLine(full.output) && full.output.includes('ENOSPC'));
  const left = readdirSync(folder).length;
  execFileSync('mount', ['-o', 'remount,size=64m', folder]);
  const roomy = await run(['ask', ANSWERED.question], { INDEX_DIR: folder });
  findings.add(
    'left behind on the full disk; with room made',
    `${left} files; answered`,
    left === 0 && roomy.code === 0 && roomy.output.includes(ANSWERED.place),
  );
});

test.runIf(may)('a read-only folder: a sound index there is used, a missing one is told', async () => {
  const folder = fileSystem('size=64m');
  const environment = { INDEX_DIR: folder };
  await run(['index'], environment);
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  const used = await run(['ask', ANSWERED.question], environment);
  findings.add('index folder read-only, index there', 'answered', used.code === 0 && used.output.includes(ANSWERED.place));
  const seeds = temporaryFolder();
  writeFileSync(join(seeds, 'other.txt'), 'انهيار جسر قديم في المدينة\n\nانهار الجسر فجر الأحد.\n');
  const told = await run(['ask', 'متى انهار الجسر؟'], { ...environment, SEEDS_DIR: seeds });
  findings.add('index folder read-only, index missing', firstLine(told.output), told.code === 1 && isOneLine(told.output) && told.output.includes('INDEX_DIR'));
  const doctor = await run(['doctor'], { ...environment, MONITOR_PORT: '0' });
  findings.add('the same, asked of `doctor`', /✗ .*/u.exec(doctor.output)?.[0].replace(folder, '…') ?? 'nothing', doctor.output.includes('✗ index folder'));
});

test.runIf(may)('a full disk under the database: answers go on, it is told, and nothing is lost once there is room', async () => {
  const folder = fileSystem('size=256k');
  const server = await DiscordServer.start({ timeoutMs: 60_000 });
  const bot = await startBotProgram(server, 19_465, { DATA_DIR: folder });
  const user = server.addUser({ username: 'salma' });
  const guild = server.addGuild({ name: 'News' });
  const ask = async () => {
    const reply = await server.slash({ user, guild, name: 'ask', options: { question: ANSWERED.question } }).reply();
    return reply.embeds[0]?.description?.includes(ANSWERED.place) ?? false;
  };
  mkdirSync(join(folder, 'ballast'));
  for (let i = 0; fits(join(folder, 'ballast', String(i))); i++);
  let answered = 0;
  for (let i = 0; i < 60; i++) if (await ask()) answered++;
  const complaints = (bot.output().match(/not kept/gu) ?? []).length;
  findings.add(
    'disk full under the database',
    `${answered} of 60 questions answered, ${complaints} lines of log say what was not kept`,
    answered === 60 && complaints > 0,
  );
  execFileSync('mount', ['-o', 'remount,size=64m', folder]);
  const reply = await server.slash({ user, guild, name: 'ask', options: { question: ANSWERED.question } }).reply();
  const row = reply.components?.[0];
  const button = row && 'components' in row ? row.components[0] : undefined;
  const context = await server.button({ user, guild, message: reply, customId: button && 'custom_id' in button ? button.custom_id : '' }).reply();
  findings.add('room made: buttons work again, without a restart', 'yes', context.embeds.length > 0);
  bot.child.kill('SIGTERM');
  expect(await bot.ended).toBe(0);
  await server.close();
});

/** Fills a disk, kilobyte by kilobyte; whether there was room. */
function fits(file: string): boolean {
  try {
    writeFileSync(file, Buffer.alloc(1024));
    return true;
  } catch {
    return false;
  }
}
