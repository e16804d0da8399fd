import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TRAINING_REPORTS } from '../../src/config.ts';
import { openPool } from '../../src/postgres.ts';
import { temporaryFolder } from '../support/app.ts';
import { DiscordServer } from '../support/discord-server.ts';
import { PASSWORD, startBehindGate } from '../support/gate.ts';
import { startPglite } from '../support/postgres.ts';

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js');
const SOURCE = readFileSync('seeds/000_ddcf634ad3ebf0b8.txt', 'utf8');
/** Away from any .env of a developer, one index for all. */
const folder = temporaryFolder();

/** A database server that is away. */
const AWAY = { VECTOR_STORE: 'pgvector', DATABASE_URL: 'postgres://isnad:secret@127.0.0.1:9/isnad' };

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], environment: Record<string, string> = {}, nodeOptions: readonly string[] = []): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [...nodeOptions, MAIN, ...args], {
    cwd: folder,
    env: { PATH, HOME, INDEX_DIR: join(folder, 'index'), DATA_DIR: join(folder, 'data'), MONITOR_PORT: '0', ...environment },
  });
}

function run(args: readonly string[], environment: Record<string, string> = {}, input = '', nodeOptions: readonly string[] = []): Promise<Ended> {
  const child = start(args, environment, nodeOptions);
  return new Promise((resolve) => {
    let out = '';
    let err = '';
    child.stdout?.on('data', (data: Buffer) => (out += data));
    child.stderr?.on('data', (data: Buffer) => (err += data));
    child.stdin?.end(input);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Resolves with what stands on standard output as soon as it matches. */
function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (data: Buffer) => {
      out += data;
      if (pattern.test(out)) resolve(out);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code} after: ${out}`)));
  });
}

describe('ask', () => {
  test('builds the index on first use and prints the cited answer, plain when piped', async () => {
    const { code, out, err } = await run(['ask', 'ماذا فعلت طائرات الاستطلاع؟']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Indexed 14 passages in [\d.]+ s \(event loop p99 [\d.]+ ms\)\.\n$/u);
    expect(out).toContain('«وفي الأثناء، حلقت طائرات الاستطلاع');
    expect(out).toMatch(/\[1\] ¶5 · \u2068مواجهة في دير الزور/u);
    expect(out).not.toContain('\u001b');
    // CI and its like make colour libraries believe that colour is wanted.
    const again = await run(['ask', 'What', 'were', 'the', 'reconnaissance', 'aircraft', 'doing?'], { CI: 'true', FORCE_COLOR: '1' });
    expect(again.out).not.toContain('\u001b');
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('¶5');
  });

  test('--json prints the object programs rely on', async () => {
    const { out } = await run(['ask', '--json', 'ماذا قال البيت الأبيض عن قرار بايدن؟']);
    const answer = JSON.parse(out);
    expect(Object.keys(answer)).toEqual(['question', 'language', 'status', 'confidence', 'citations', 'candidates', 'latency_ms']);
    expect(answer).toMatchObject({ question: 'ماذا قال البيت الأبيض عن قرار بايدن؟', language: 'ar', status: 'answered' });
    expect(answer.candidates).toHaveLength(10);
    const [first] = answer.citations;
    expect(Object.keys(first)).toEqual(['n', 'document', 'passage', 'quote', 'start', 'end', 'answer', 'highlights', 'score']);
    expect(first).toMatchObject({ n: 1, document: '000_ddcf634ad3ebf0b8', passage: 10 });
    expect(SOURCE.slice(first.start, first.end)).toBe(first.quote);
  });

  test('--jsonl prints one object a line, in order, whatever the lines hold', async () => {
    const lines = ['من قصف القاعدة؟', '', '@everyone', 'وصفة الكبسة', '\u202e', 'Who shelled the base?'];
    const { code, out } = await run(['ask', '--jsonl'], {}, `${lines.join('\n')}\n`);
    expect(code).toBe(0);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { question: string; status: string });
    expect(answers.map((answer) => answer.question)).toEqual(lines);
    expect(answers.map((answer) => answer.status)).toMatchObject({ 1: 'invalid', 3: 'not_found', 4: 'invalid' });
  });

  test('a question as long as a command line may carry is told to be too long', async () => {
    const { code, out } = await run(['ask', 'سؤال '.repeat(13_000)]);
    expect(out).toContain('السؤال طويل جدا');
    expect(code).toBe(0);
  });

  test('--image writes the card of the first citation, none where nothing is cited, and says so when it cannot', async () => {
    const file = join(folder, 'card.png');
    const cited = await run(['ask', '--image', file, 'ماذا فعلت طائرات الاستطلاع؟']);
    expect(cited.code).toBe(0);
    expect(cited.out).toContain('¶5');
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    const none = join(folder, 'none.png');
    expect(await run(['ask', '--image', none, 'وصفة الكبسة'])).toMatchObject({ code: 0, err: 'Nothing is cited, so there is no image.\n' });
    expect(existsSync(none)).toBe(false);
    const nowhere = await run(['ask', '--image', '/nowhere/at/all.png', 'ماذا فعلت طائرات الاستطلاع؟']);
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringMatching(/^The image can't be written to \/nowhere\/at\/all\.png \(ENOENT\)\..*\n$/u) });
  });

  test('another folder of reports works as well', async () => {
    const seeds = temporaryFolder();
    writeFileSync(
      join(seeds, 'bridge.txt'),
      'Old bridge collapses in the harbour town\n\nThe bridge fell at dawn on Sunday.\n\nPolice closed the road until evening.\n\nLeave a Reply',
    );
    writeFileSync(join(seeds, 'حريق.txt'), 'حريق في سوق المدينة القديمة\n\nالتهمت النيران عشرين متجرا.\n\nلم تقع إصابات.');
    const environment = { SEEDS_DIR: seeds, INDEX_DIR: temporaryFolder() };
    const english = JSON.parse((await run(['ask', '--json', 'When did the bridge fall?'], environment)).out);
    expect(english.citations[0]).toMatchObject({ document: 'bridge', passage: 1, quote: 'The bridge fell at dawn on Sunday.' });
    const arabic = JSON.parse((await run(['ask', '--json', 'كم متجرا احترق؟'], environment)).out);
    expect(arabic.citations[0]).toMatchObject({ document: 'حريق', passage: 1 });
  });
});

describe('chat', () => {
  test('answers, follows up, keeps its history', async () => {
    const { code, out } = await run(['chat'], {}, 'ماذا قال البيت الأبيض عن قرار بايدن؟\nولماذا؟\n/history\n/help\n/what\n/quit\nnot read\n');
    expect(code).toBe(0);
    expect(out.match(/¶10/gu)?.length).toBeGreaterThanOrEqual(2);
    expect(out).toContain('1. ماذا قال البيت الأبيض عن قرار بايدن؟\n2. ولماذا؟');
    expect(out).toContain('/passages');
    expect(out).toContain('No command /what');
  });

  test('lists the paragraphs, each with its heading', async () => {
    const seeds = temporaryFolder();
    writeFileSync(join(seeds, 'bridge.md'), '# Old bridge collapses\n\n## Repairs\n\nThe bridge will open again in May.\n');
    const { out } = await run(['chat'], { SEEDS_DIR: seeds, INDEX_DIR: temporaryFolder() }, '/passages\n');
    expect(out).toContain('¶0 Old bridge collapses\n¶1 · \u2068Repairs\u2069 · The bridge will open again in May.\n');
  });

  test('fails a question politely while the database of the index is away, and answers the next when it is back', async () => {
    const postgres = await startPglite();
    const child = start(['chat'], { VECTOR_STORE: 'pgvector', DATABASE_URL: postgres.url });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const ask = (line: RegExp) => {
      child.stdin?.write('ماذا فعلت طائرات الاستطلاع؟\n');
      return printed(child, line);
    };
    await ask(/¶5/u);
    await postgres.goAway();
    await ask(/^The database server of DATABASE_URL can't be reached \(.*\)\. .*\n/u);
    await postgres.comeBack();
    await ask(/¶5/u);
    child.stdin?.end();
    expect(await ended).toBe(0);
    await postgres.stop();
  });

  test('without a token, start says so in a sentence and chats', async () => {
    const { code, out, err } = await run([], {}, 'ماذا فعلت طائرات الاستطلاع؟\n');
    expect(code).toBe(0);
    expect(err).toMatch(/^No DISCORD_TOKEN is set, so this is a chat in the terminal/u);
    expect(out).toContain('¶5');
  });
});

describe('wrong usage and bad surroundings: one line, no stack trace', () => {
  test.each<[name: string, args: string[], environment: Record<string, string>, code: number, line: RegExp]>([
    ['no question', ['ask'], {}, 2, /^error: ask needs a question/u],
    ['image of many questions', ['ask', '--jsonl', '--image', 'x.png'], {}, 2, /^error: --image goes with one question/u],
    ['unknown command', ['frobnicate'], {}, 2, /^error: there is no command 'frobnicate'/u],
    ['unknown option', ['ask', '--colour'], {}, 2, /^error: unknown option '--colour'/u],
    ['bot without a token', ['bot'], {}, 2, /^No DISCORD_TOKEN: create a bot at/u],
    ['bad boolean', ['ask', 'x'], { EMBEDDING_ALLOW_DOWNLOAD: 'perhaps' }, 2, /^EMBEDDING_ALLOW_DOWNLOAD: expected true or false, got "perhaps"/u],
    ['bad number', ['ask', 'x'], { EMBEDDING_THREADS: '0' }, 2, /^EMBEDDING_THREADS: expected a whole number from 1 to 64, got "0"/u],
    ['bad address', ['ask', 'x'], { DISCORD_API_URL: 'discord' }, 2, /^DISCORD_API_URL: expected an http\(s\) address/u],
    ['bad token', ['bot'], { DISCORD_TOKEN: 'my secret' }, 2, /^DISCORD_TOKEN: expected a bot token, without spaces\. See/u],
    ['no database for pgvector', ['ask', 'x'], { VECTOR_STORE: 'pgvector' }, 2, /^VECTOR_STORE: pgvector needs DATABASE_URL/u],
    ['no database server', ['ask', 'x'], AWAY, 1, /^The database server of DATABASE_URL can't be reached \(.*ECONNREFUSED[^@]*\)\. Start it [^@]*$/u],
    ['no seeds', ['ask', 'x'], { SEEDS_DIR: '/nowhere/at/all' }, 1, /^The seeds folder \/nowhere\/at\/all does not exist\. Set SEEDS_DIR/u],
    ['no model', ['ask', 'x'], { EMBEDDING_MODEL: './no-model' }, 1, /^There is no model folder .*no-model\. Set EMBEDDING_MODEL/u],
    ['no test set', ['eval', '.'], {}, 1, /^No test set in \./u],
    ['no network', ['bot'], { DISCORD_TOKEN: 'abc', DISCORD_API_URL: 'http://127.0.0.1:9/api' }, 1, /^Discord can't be reached \(ECONNREFUSED\)/u],
  ])('%s', async (_name, args, environment, code, line) => {
    const ended = await run(args, environment);
    expect(ended.err).toMatch(line);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
    expect(ended).toMatchObject({ code, out: '' });
  });

  test.each(['', 'ask', 'chat', 'index', 'bot', 'register', 'doctor', 'eval'])('--help: %s', async (command) => {
    const { code, out } = await run([...(command ? [command] : []), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: isnad/u);
  });

  test('.env is read from the working directory', async () => {
    writeFileSync(join(folder, '.env'), 'SEEDS_DIR=/from/dot/env\n');
    const { err } = await run(['ask', 'x']);
    writeFileSync(join(folder, '.env'), '');
    expect(err).toContain('/from/dot/env');
  });
});

test('whatever is thrown past everybody is one line, without a stack trace', async () => {
  const once = 'setInterval(() => { if (process.listenerCount("uncaughtException") > 0) throw new Error("bang"); }, 1)';
  const { code, err } = await run(['chat'], {}, '', ['--import', `data:text/javascript,${once}`]);
  expect({ code, err }).toEqual({ code: 1, err: 'Isnad failed: bang (a fault of the program, not of yours).\n' });
});

test('kill -9 while an index is written: the next start answers', async () => {
  const index = join(temporaryFolder(), 'index');
  const child = start(['index'], { INDEX_DIR: index });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await appears(index, /^\.building-/u);
  child.kill('SIGKILL');
  await ended;
  const { code, out } = await run(['ask', 'ماذا فعلت طائرات الاستطلاع؟'], { INDEX_DIR: index });
  expect(code).toBe(0);
  expect(out).toContain('¶5');
});

/** Settles when a file of such a name is in a folder, which need not be there yet. */
async function appears(folder: string, name: RegExp): Promise<void> {
  const there = () => existsSync(folder) && readdirSync(folder).some((entry) => name.test(entry));
  while (!there()) await new Promise(setImmediate);
}

describe('index and doctor', () => {
  test('index --force builds again; doctor finds all well, and what is not', async () => {
    expect(await run(['index', '--force'])).toMatchObject({ code: 0, out: expect.stringMatching(/^The index of 1 report\(s\), 14 passages, is in /u) });
    const well = await run(['doctor']);
    expect(well.code).toBe(0);
    expect(well.out).toMatch(/✓ model: .*\n✓ index: sound/u);
    expect(well.out).toContain('no DISCORD_TOKEN');
    const ill = await run(['doctor'], { SEEDS_DIR: '/nowhere', EMBEDDING_MODEL: '/nowhere/too' });
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/✗ reports: The seeds folder \/nowhere does not exist/u);
    expect(ill.out).toMatch(/✗ model: There is no model folder/u);
    expect((await run(['doctor'], AWAY)).out).toMatch(/✗ index: The database server of DATABASE_URL can't be reached/u);
    const data = temporaryFolder();
    writeFileSync(join(data, 'isnad.db'), 'no database, however long the text in it may be'.repeat(200));
    const model = join(temporaryFolder(), 'model');
    cpSync('models/multilingual-e5-small-ar-en', model, { recursive: true });
    writeFileSync(join(model, 'onnx/reader.onnx'), '');
    const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
    const port = String(await listening(stranger));
    const damaged = await run(['doctor'], { DATA_DIR: data, EMBEDDING_MODEL: model, MONITOR_PORT: port });
    stranger.close();
    expect(damaged.code).toBe(1);
    expect(damaged.out).toMatch(/✗ database: .*isnad\.db is damaged .*; the next start of the bot puts a damaged file aside/u);
    expect(damaged.out).toMatch(/✗ model: .*onnx\/reader\.onnx is damaged: it is not what SHA256SUMS says/u);
    expect(damaged.out).toContain(`✗ bot: something else answers on port ${port}; set MONITOR_PORT to a free port, or to 0`);
  });
});

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Has a server listen on loopback; on which port. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('bot', () => {
  let server: DiscordServer;
  beforeAll(async () => {
    server = await DiscordServer.start();
  });
  afterAll(() => server.close());

  test('start with a token prints the invite link, answers, is watched, notices changed reports, and leaves on SIGTERM; the token is in no log, no report of a crash', async () => {
    const seeds = temporaryFolder();
    cpSync('seeds', seeds, { recursive: true });
    const port = String(await freePort());
    const reports = temporaryFolder();
    const child = start([], { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl, SEEDS_DIR: seeds, MONITOR_PORT: port, LOG_LEVEL: 'debug' }, [
      '--report-on-signal',
      `--report-directory=${reports}`,
    ]);
    let log = '';
    child.stderr?.on('data', (data: Buffer) => (log += data));
    const out = await printed(child, /\n/u);
    expect(out).toMatch(/^Isnad is on Discord\. Add it to a server: https:\/\/discord\.com\/oauth2\/authorize\?client_id=\d+/u);
    expect(server.commandPuts).toHaveLength(1);
    const user = server.addUser({ username: 'salma' });
    const reply = await server.userMessage({ user, channel: server.openDm(user), content: 'ماذا فعلت طائرات الاستطلاع؟' }).reply();
    expect(reply.embeds[0]?.description).toContain('¶5');
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await get('/readyz')).toBe('ready\n');
    expect(await get('/metrics')).toMatch(/^isnad_questions_total\{status="answered"\} 1$/mu);
    expect((await run(['doctor'], { MONITOR_PORT: port })).out).toContain('✓ bot: running and ready');
    const changed = new Promise<void>((resolve) => child.stderr?.on('data', () => log.includes('the reports changed') && resolve()));
    writeFileSync(join(seeds, 'bridge.txt'), 'انهيار جسر قديم في المدينة\n\nانهار الجسر فجر الأحد بعد فيضان النهر الكبير.\n');
    await changed;
    expect(log).toMatch(/"built":true,"embedded":2,"skipped":\[\],"passages":16,"msg":"the reports changed"/u);
    const bridge = await server.userMessage({ user, channel: server.openDm(user), content: 'متى انهار الجسر القديم؟' }).reply();
    expect(bridge.embeds[0]?.description).toContain('فجر الأحد');
    child.kill('SIGUSR2');
    await appears(reports, /^report\..*\.json$/u);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const text of [log, ...readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'))]) {
      expect(text).not.toContain(server.token);
      expect(text).not.toContain('طائرات');
    }
    expect(log).toMatch(/"request":"\d+","kind":"direct message","ms":\d+,"msg":"done"/u);
    const again = await run(['register'], { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl });
    expect(again).toMatchObject({
      code: 0,
      out: 'Already registered, nothing changed: ask, search, passage, summary, sources, help, privacy, settings, unanswered, status, report, reindex, Ask the report, Check against the report.\n',
    });
    expect((await run(['doctor'], { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl })).out).toContain('✓ Discord: the token is that of');
  });

  test('a database server keeps what was asked; one that is away is told in a line; its password is in no log, no report of a crash', async () => {
    const { gate, stop } = await startBehindGate();
    const reports = temporaryFolder();
    const environment = { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl, DATABASE_URL: gate.url, DATA_DIR: temporaryFolder() };
    const child = start(['bot'], { ...environment, LOG_LEVEL: 'debug' }, ['--report-on-signal', `--report-directory=${reports}`]);
    let log = '';
    child.stderr?.on('data', (data: Buffer) => (log += data));
    await printed(child, /\n/u);
    const user = server.addUser({ username: 'karim' });
    await server.userMessage({ user, channel: server.openDm(user), content: 'ماذا فعلت طائرات الاستطلاع؟' }).reply();
    child.kill('SIGUSR2');
    await appears(reports, /^report\..*\.json$/u);
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const pool = openPool(gate.url, () => undefined);
    expect((await pool.query('SELECT person FROM isnad.questions')).rows).toEqual([{ person: user.id }]);
    await pool.end();
    await gate.close();
    const away = await run(['bot'], environment);
    expect(away).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/\bDATABASE_URL can't be reached \(.*ECONNREFUSED.*\)\..*try again\.\n$/u) });
    const doctor = await run(['doctor'], environment);
    expect(doctor.out).toMatch(/✗ database: The database server of DATABASE_URL can't be reached/u);
    await stop();
    for (const text of [log, away.err, doctor.out, ...readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'))]) {
      expect(text).not.toContain(PASSWORD);
    }
  });

  test('a refused token is one clear line that does not repeat it', async () => {
    const { code, err } = await run(['bot'], { DISCORD_TOKEN: 'not-the-token', DISCORD_API_URL: server.apiUrl });
    expect(code).toBe(2);
    expect(err).toMatch(/^Discord refused DISCORD_TOKEN\./u);
    expect(err).not.toContain('not-the-token');
  });
});

describe('eval', () => {
  test('prints a table of the stages for each set of the folder', async () => {
    const sets = join(folder, 'sets');
    mkdirSync(sets, { recursive: true });
    const paragraphs = ['انهار الجسر القديم فجر الأحد.', 'التهمت النيران عشرين متجرا في السوق.', 'فازت لاعبة الشطرنج بالبطولة.'];
    const ask = (questions: readonly string[]) =>
      paragraphs
        .map((context, i) =>
          JSON.stringify({ article: 0, paragraph: i, title: 't', context, questions: [{ id: `${i}`, question: questions[i], answers: [] }] }),
        )
        .join('\n');
    writeFileSync(join(sets, 'xquad.ar.jsonl'), `${ask(['متى انهار الجسر؟', 'كم متجرا احترق؟', 'من فاز بالبطولة؟'])}\n`);
    writeFileSync(join(sets, 'xquad.en.jsonl'), `${ask(['When did the bridge collapse?', 'How many shops burned?', 'Who won the chess championship?'])}\n`);
    const reports = join(folder, 'one-report.jsonl');
    const dev = readFileSync(TRAINING_REPORTS, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"split": "dev"') || line.includes('"split":"dev"'));
    writeFileSync(reports, dev[0] ?? '');
    const figures = join(folder, 'figures');
    const { code, out, err } = await run(['eval', sets, '--reports', reports, '--out', figures]);
    expect(code).toBe(0);
    expect(err).toContain(figures);
    expect(out).toMatch(
      /XQuAD ar→ar: 3 questions over 3 passages\n\s+R@1\s+R@3\s+R@5\s+MRR\s+nDCG@10\ndense +[\d.]{5} +1\.000 +1\.000 +[\d.]{5} +[\d.]{5}\nlexical /u,
    );
    expect(out).toMatch(/XQuAD en→ar: 3 questions[\s\S]*fused +1\.000 +1\.000 +1\.000/u);
    expect(out).toMatch(/reports dev en→ar: 22 questions, 15 answerable[\s\S]*answers or not: AUC 0\.\d{3} \[0\.\d{3}, [01]\.\d{3}\]/u);
    expect(readdirSync(figures).sort()).toEqual(['README.md', 'figures.json', 'recall.svg', 'reliability.svg', 'risk-coverage.svg']);
  });
});
