/**
 * Puts the program under load, faults and hostile input, on loopback only, and prints a table: `npm run torture`.
 * `TORTURE_SCALE` (0 … 1) does a part of everything, for a quick look.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type App, loadEncoder, openApp } from '../../src/app.ts';
import { readReports } from '../../src/corpus/read.ts';
import type { Encoder } from '../../src/embedding/encoder.ts';
import { openIndex } from '../../src/indexing/store.ts';
import { Database } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { HOSTILE } from '../fixtures/hostile.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { startBot } from '../support/bot.ts';
import { type BotMessage, DiscordServer, type ServerGuild } from '../support/discord-server.ts';
import { ROOT, run, start } from './program.ts';
import { Findings, percentile } from './table.ts';

const SCALE = Number(process.env['TORTURE_SCALE'] ?? 1);
const some = (count: number) => Math.max(1, Math.round(count * SCALE));
const REPORT = join(ROOT, 'docs/reliability.md');
/** Discord waits this long for an interaction to be acknowledged, in milliseconds. */
const DEFERRAL = 3_000;

const findings = new Findings();
const QUESTIONS = JSON.parse(
  `[${readFileSync(join(ROOT, 'models/training/plain-questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .join(',')}]`,
).flatMap(({ questions }: { questions: { q: string }[] }) => questions.map(({ q }) => q)) as string[];

afterAll(() => findings.write(REPORT));

/** A generator with a seed (mulberry32): the same run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Questions a second that the model alone could take: one forward pass of the encoder, one of the reader, no more. */
async function floor(seconds: number): Promise<number> {
  const app = await openApp(testConfig());
  const memories = app.answerer.index.passages.slice(0, 5).flatMap((_, label) => app.answerer.index.memories.of(label));
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const one = async () => {
    while (performance.now() < end) {
      const [encoded] = await app.encoder.encode([QUESTIONS[done % QUESTIONS.length] ?? ''], 'query');
      if (encoded) await app.encoder.read(encoded.lower, memories);
      done++;
    }
  };
  await Promise.all([one(), one()]);
  await app.close();
  return done / seconds;
}

test('load: 200 people ask at once', async () => {
  const seconds = some(120);
  const raw = await floor(Math.max(5, seconds / 8));
  const server = await DiscordServer.start({ heartbeatIntervalMs: 5_000, timeoutMs: 60_000 });
  const folder = temporaryFolder();
  const bot = start(['bot'], {
    DISCORD_TOKEN: server.token,
    DISCORD_API_URL: server.apiUrl,
    INDEX_DIR: join(folder, 'index'),
    DATA_DIR: join(folder, 'data'),
    MONITOR_PORT: '19464',
    QUESTIONS_PER_USER: '1000',
    QUESTIONS_PER_SERVER: '10000',
    QUESTIONS_WAITING: '150',
  });
  await server.ready();
  const guilds = Array.from({ length: 10 }, (_, i) => server.addGuild({ name: `News ${i}` }));
  const deferrals: number[] = [];
  const answers: number[] = [];
  let answered = 0;
  let busy = 0;
  let lost = 0;
  const memory: number[] = [];
  const end = performance.now() + seconds * 1000;
  const person = async (i: number, guild: ServerGuild) => {
    const user = server.addUser({ username: `user${i}` });
    for (let n = 0; performance.now() < end; n++) {
      const asked = performance.now();
      const interaction = server.slash({ user, guild, name: 'ask', options: { question: QUESTIONS[(i * 31 + n) % QUESTIONS.length] ?? '' } });
      try {
        await interaction.acknowledged();
        deferrals.push(performance.now() - asked);
        const reply = await interaction.reply();
        answers.push(performance.now() - asked);
        if (reply.embeds.length > 0) answered++;
        else {
          busy++;
          // Told to come back: does.
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      } catch {
        lost++;
      }
    }
  };
  const watching = setInterval(() => void metric('process_resident_memory_bytes').then((bytes) => memory.push(bytes)), 2_000);
  await Promise.all(Array.from({ length: 200 }, (_, i) => person(i, guilds[i % guilds.length] as ServerGuild)));
  clearInterval(watching);
  const lag = (await metric('nodejs_eventloop_lag_p99_seconds')) * 1000;
  const rate = answered / seconds;
  findings.add('200 people, questions answered / told "busy" / lost', `${answered} / ${busy} / ${lost}`, lost === 0);
  findings.add('slowest deferral', `${Math.round(Math.max(...deferrals))} ms`, Math.max(...deferrals) < DEFERRAL);
  findings.add('time to answer, p50 / p95', `${Math.round(percentile(answers, 0.5))} / ${Math.round(percentile(answers, 0.95))} ms`, true);
  findings.add('questions a second, beside the model alone', `${rate.toFixed(1)} of ${raw.toFixed(1)} (${Math.round((100 * rate) / raw)} %)`, rate >= 0.8 * raw);
  const due = Math.floor(seconds / 5) - 1;
  findings.add('heartbeats', `${server.heartbeats.length} of ${due} due`, server.heartbeats.length >= due);
  findings.add('event-loop delay, p99', `${lag.toFixed(1)} ms`, lag < 50);
  const [early = 0, late = 0] = [memory[Math.floor(memory.length / 4)], memory.at(-1)];
  findings.add('memory, after a quarter / at the end', `${mb(early)} / ${mb(late)} MB`, late < 1.1 * early);
  bot.child.kill('SIGTERM');
  const stopping = performance.now();
  expect(await bot.ended).toBe(0);
  findings.add('graceful stop', `${Math.round(performance.now() - stopping)} ms`, performance.now() - stopping < 10_000);
  findings.add('token in the log', bot.output().includes(server.token) ? 'found' : 'not found', !bot.output().includes(server.token));
  await server.close();

  async function metric(name: string): Promise<number> {
    const text = await (await fetch('http://127.0.0.1:19464/metrics')).text();
    return Number(new RegExp(`^${name} (.+)$`, 'mu').exec(text)?.[1]);
  }
});

test('soak: 50,000 questions in process', async () => {
  const app = await openApp(testConfig());
  const count = some(50_000);
  const early = some(5_000);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let before = 0;
  for (let i = 0; i < count; i++) {
    await app.answerer.answer(`${QUESTIONS[i % QUESTIONS.length]} ${i}`);
    if (i === early) {
      before = await settledMemory();
      delay.enable();
    }
    if (i % 1_000 === 0) process.stdout.write(`\rsoak ${i}/${count}`);
  }
  const after = await settledMemory();
  process.stdout.write('\r');
  findings.add(`${count} questions, memory after ${early} / at the end`, `${mb(before)} / ${mb(after)} MB (${(100 * (after / before - 1)).toFixed(1)} %)`, after < 1.05 * before);
  findings.add('event-loop delay meanwhile, p99', `${(delay.percentile(99) / 1e6).toFixed(1)} ms`, delay.percentile(99) < 50e6);
  await app.close();
});

/** Resident memory once what can be collected has been, where the program lets it (`--expose-gc`). */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  return process.memoryUsage.rss();
}

function mb(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

test('kill -9 while an index is built', async () => {
  const folder = temporaryFolder();
  const environment = { INDEX_DIR: join(folder, 'index') };
  const next = random(1);
  const begun = performance.now();
  await run(['index', '--force'], environment);
  const whole = performance.now() - begun;
  let sound = 0;
  const kills = some(100);
  for (let i = 0; i < kills; i++) {
    const program = start(['index', '--force'], environment);
    await new Promise((resolve) => setTimeout(resolve, next() * whole));
    program.child.kill('SIGKILL');
    await program.ended;
    const config = testConfig(environment);
    const notices: string[] = [];
    const { documents } = await readReports(config.seedsFolder);
    const { index } = await openIndex(config.indexFolder, documents, await encoder(), { onNotice: (line) => notices.push(line) });
    if (index.passages.length === 14 && notices.length === 0) sound++;
  }
  findings.add('kill -9 at random moments of an index build: the next start answers', `${sound} of ${kills}`, sound === kills);
});

let shared: Promise<Encoder> | undefined;
/** One encoder for all that need one. */
function encoder(): Promise<Encoder> {
  shared ??= loadEncoder(testConfig());
  return shared;
}
afterAll(async () => (await shared)?.close());

test('damage to files of the index and of the database', async () => {
  const config = testConfig();
  const { documents } = await readReports(config.seedsFolder);
  const healthy = (await openIndex(config.indexFolder, documents, await encoder())).folder;
  const next = random(2);
  const damages = some(500);
  let healed = 0;
  for (let i = 0; i < damages / 2; i++) {
    const folder = temporaryFolder();
    const home = join(folder, healthy.split('/').at(-1) ?? '');
    cpSync(healthy, home, { recursive: true });
    damage(home, next);
    const notices: string[] = [];
    const { index } = await openIndex(folder, documents, await encoder(), { onNotice: (line) => notices.push(line) });
    const again = await openIndex(folder, documents, await encoder(), { onNotice: (line) => notices.push(line) });
    if (index.passages.length === 14 && !again.built && notices.length <= 1) healed++;
    rmSync(folder, { recursive: true });
  }
  for (let i = 0; i < damages / 2; i++) {
    const folder = temporaryFolder();
    const first = Database.open(folder, () => undefined);
    const records = new Records(first, 90);
    for (let n = 0; n < 50; n++) records.vote(remembered(records, n), 'u', false, 'reason');
    first.close();
    damage(folder, next);
    const second = Database.open(folder, () => undefined);
    const after = new Records(second, 90);
    const id = remembered(after, 99);
    // Whatever became of the old rows, nothing throws; and what is kept now is found unless the damage lies where it must go, which is told.
    after.openQuestions('g');
    after.recall(id);
    after.keptOf('u');
    after.forget('u');
    second.close();
    healed++;
    rmSync(folder, { recursive: true });
  }
  findings.add('random damages (flip, cut, remove, empty): a working index, no error', `${healed} of ${damages}`, healed === damages);
});

function remembered(records: Records, n: number): string {
  return records.remember({ guild: 'g', user: 'u', language: 'ar', status: 'related', question: `question ${n}`, searched: `question ${n}` });
}

/** Flips a bit of a random file, cuts it short, empties it or removes it. */
function damage(folder: string, next: () => number): void {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const file = join(folder, names[Math.floor(next() * names.length)] ?? '');
  const { size } = statSync(file);
  const kind = Math.floor(next() * 4);
  if (kind === 0 && size > 0) {
    const bytes = readFileSync(file);
    const at = Math.floor(next() * size);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
    writeFileSync(file, bytes);
  } else if (kind === 1) truncateSync(file, Math.floor(next() * size));
  else if (kind === 2) writeFileSync(file, '');
  else rmSync(file);
}

test('kill -9 while the database is written', async () => {
  const writer = join(temporaryFolder(), 'writer.mjs');
  writeFileSync(
    writer,
    `const { Database } = await import(${JSON.stringify(join(ROOT, 'dist/src/storage/database.js'))});
     const { Records } = await import(${JSON.stringify(join(ROOT, 'dist/src/storage/records.js'))});
     const records = new Records(Database.open(process.argv[2], () => undefined), 90);
     for (let n = 0; ; n++) console.log(records.remember({ guild: 'g', user: 'u', language: 'ar', status: 'related', question: 'q' + n, searched: 'q' + n }));`,
  );
  const { spawn } = await import('node:child_process');
  const next = random(3);
  const kills = some(100);
  let kept = 0;
  const folder = temporaryFolder();
  for (let i = 0; i < kills; i++) {
    const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, next() * 60));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    const ids = output.split('\n').slice(0, -1);
    const complaints: string[] = [];
    const database = Database.open(folder, (line) => complaints.push(line));
    const records = new Records(database, 90);
    if (complaints.length === 0 && ids.slice(-50).every((id) => records.recall(id) !== undefined)) kept++;
    database.close();
  }
  findings.add('kill -9 at random moments of database writes: all that was acknowledged is there', `${kept} of ${kills}`, kept === kills);
});

test('disks and folders that fail', async () => {
  const readOnly = await run(['ask', '--json', 'من قصف القاعدة؟'], { INDEX_DIR: '/proc/isnad' });
  findings.add('an index folder that takes none', firstLine(readOnly.output), readOnly.code === 1 && !/\n\s+at /u.test(readOnly.output) && /INDEX_DIR/u.test(readOnly.output));
  const { execFileSync } = await import('node:child_process');
  const small = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', small], { stdio: 'ignore' });
    const full = await run(['ask', '--json', 'من قصف القاعدة؟'], { INDEX_DIR: small });
    findings.add('a full disk', firstLine(full.output), full.code === 1 && /ENOSPC/u.test(full.output) && !/\n\s+at /u.test(full.output));
    execFileSync('umount', [small]);
  } catch {
    findings.add('a full disk', 'not tried: no right to mount', true);
  }
  const model = join(temporaryFolder(), 'multilingual-e5-small-ar-en');
  const next = random(4);
  let told = 0;
  const files = readdirSync(testConfig().embedding.model, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:onnx|weights|json)$/u.test(name) && !name.includes('training'));
  for (const file of files) {
    rmSync(model, { recursive: true, force: true });
    cpSync(testConfig().embedding.model, model, { recursive: true });
    const bytes = readFileSync(join(model, file));
    const at = Math.floor(next() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    writeFileSync(join(model, file), bytes);
    const { code, output } = await run(['ask', '--json', 'من قصف القاعدة؟'], { EMBEDDING_MODEL: model, INDEX_DIR: temporaryFolder() });
    if (code === 1 && !/\n\s+at /u.test(output) && output.trim().split('\n').length === 1) told++;
  }
  findings.add('one bit flipped in a file of the model: told in one line', `${told} of ${files.length} files`, told === files.length);
});

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').replace(ROOT, '').slice(0, 90);
}

test('Discord at its worst', async () => {
  const app = await openApp(testConfig());
  const bot = await startBot(app);
  const { server } = bot;
  const user = server.addUser({ username: 'salma' });
  const guild = server.addGuild({ name: 'News' });
  const ask = () => server.slash({ user, guild, name: 'ask', options: { question: 'ماذا فعلت طائرات الاستطلاع؟' } });
  const answers = (reply: BotMessage) => reply.embeds[0]?.description?.includes('¶5') ?? false;
  const patch = { method: 'PATCH', path: /\/webhooks\// };
  server.failNext(patch, { status: 429, headers: { 'retry-after': '0.2' }, body: { message: 'slow down', retry_after: 0.2, global: false } });
  findings.add('429 with Retry-After', 'waited for, answered', answers(await ask().reply()));
  server.failNext(patch, { status: 500 }, 2);
  findings.add('two 500s in a row', 'tried again, answered', answers(await ask().reply()));
  const during = ask();
  await during.acknowledged();
  server.dropConnections();
  findings.add('gateway dropped in the middle of an answer', 'answered', answers(await during.reply()));
  await server.resumed();
  server.refuseResume();
  server.dropConnections();
  await server.ready(2);
  findings.add('resume refused', 'identified anew, answered', answers(await ask().reply()));
  const late = ask();
  server.expire(late);
  await new Promise(setImmediate);
  findings.add('interaction expired', 'the next one is answered', answers(await ask().reply()));
  server.dropConnections(4004);
  findings.add('token revoked', await bot.gateway.ended, true);
  await bot.stop();
  await server.close();
  await app.close();
});

test('hostile input over real sockets', async () => {
  const app = await openApp(testConfig());
  const bot = await startBot(app);
  const { server } = bot;
  const guild = server.addGuild({ name: 'News' });
  const channel = server.addTextChannel(guild.id, 'general');
  let sent = 0;
  let bad = 0;
  const piece = fc.oneof(
    fc.constantFrom(...HOSTILE.map(({ text }) => text.slice(0, 3_000)).filter((text) => text !== '')),
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom('@everyone', '<@1>', 'discord.gg/x', '](http://x)', '`', '\u202e', '\u2066', '{{token}}', '${env}', '../..', 'answer:x:image', '\n> ', '# '),
  );
  const hostile = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(' ').slice(0, 3_900));
  const check = (reply: BotMessage) => {
    sent++;
    const text = JSON.stringify(reply);
    const pings = reply.mentions.length > 0 || reply.mention_everyone;
    const overrides = /[\u202a-\u202e\u2066\u2067]/u.test(`${reply.content}${reply.embeds.map((e) => `${e.title}${e.description}`).join('')}`);
    if (pings || overrides || text.includes(server.token) || text.includes('root:x:')) bad++;
  };
  const user = server.addUser({ username: 'mallory' });
  const values = fc.sample(hostile, { seed: 5, numRuns: some(2_000) });
  for (const [i, text] of values.entries()) {
    if (text.trim() === '') continue;
    if (i % 3 === 0) check(await server.userMessage({ user, channel: server.openDm(user), content: text }).reply());
    else if (i % 3 === 1) check(await server.userMessage({ user, channel, content: `<@${server.bot.id}> ${text}`, mentions: [server.bot] }).reply());
    else check(await server.slash({ user, guild, name: 'ask', options: { question: text.slice(0, 2_000) } }).reply());
  }
  findings.add('hostile texts: pings, bidi overrides, secrets or files shown', `${bad} in ${sent} answers`, bad === 0);
  expect(server.unhandled).toEqual([]);
  await bot.stop();
  await server.close();
  await app.close();
});

export type { App };
void existsSync;
void mkdirSync;
