/** 200 people at once, over real sockets, for two minutes; the bot in a process of its own. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { quantile } from '../../src/evaluation/metrics.ts';
import { testConfig } from '../support/app.ts';
import { DiscordServer, type ServerGuild } from '../support/discord-server.ts';
import { QUESTIONS, startBotProgram } from './program.ts';
import { Findings, megabytes, pause, some } from './table.ts';

const PEOPLE = 200;
/** Discord waits this long for an interaction to be acknowledged, in milliseconds. */
const DEFERRAL = 3_000;
/** Milliseconds between two heartbeats. */
const HEARTBEAT = 5_000;
/** Passages read for a question, in both texts together. */
const READ = 7;

const findings = new Findings('Load');

/** Of a process, in bytes. */
function residentMemory(pid: number): number {
  return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** Questions a second that the model alone takes, two at a time: a forward pass of the encoder and one of the reader, nothing else. */
async function modelAlone(seconds: number): Promise<number> {
  const { answerer, encoder, close } = await openApp(testConfig());
  const memories = (await answerer.index.texts.memories(Array.from({ length: READ }, (_, text) => text))).flat();
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const ask = async () => {
    while (performance.now() < end) {
      const [question] = await encoder.encode([QUESTIONS[done % QUESTIONS.length] ?? ''], 'query');
      if (question) await encoder.read(question.lower, memories);
      done++;
    }
  };
  await Promise.all([ask(), ask()]);
  await close();
  return done / seconds;
}

test('200 people ask at once', async () => {
  const seconds = some(120);
  const alone = await modelAlone(Math.max(5, seconds / 6));
  const server = await DiscordServer.start({ heartbeatIntervalMs: HEARTBEAT, timeoutMs: 60_000 });
  const bot = await startBotProgram(server, 19_464, { QUESTIONS_WAITING: '150' });
  const guilds = Array.from({ length: 10 }, (_, i) => server.addGuild({ name: `News ${i}` }));
  const deferrals: number[] = [];
  const times: number[] = [];
  const memory: number[] = [];
  let lost = 0;
  let stopping = false;
  const begun = performance.now();
  const person = async (i: number, guild: ServerGuild) => {
    const user = server.addUser({ username: `user${i}` });
    for (let n = 0; !stopping; n++) {
      const asked = performance.now();
      const interaction = server.slash({ user, guild, name: 'ask', options: { question: QUESTIONS[(i * 31 + n) % QUESTIONS.length] ?? '' } });
      try {
        await interaction.acknowledged();
        deferrals.push(performance.now() - asked);
        const reply = await interaction.reply();
        if (reply.embeds.length > 0) times.push(performance.now() - asked);
        // Told when to come back: does.
        else await pause(1000 * Number(/\d+/u.exec(reply.content)?.[0] ?? 1));
      } catch {
        if (!stopping) lost++;
      }
    }
  };
  // Reading the metrics begins the event loop's figures anew: so once now, and once at the end.
  await bot.metrics();
  const watch = setInterval(() => memory.push(residentMemory(bot.child.pid ?? 0)), 2_000);
  const everybody = Promise.all(Array.from({ length: PEOPLE }, (_, i) => person(i, guilds[i % guilds.length] as ServerGuild)));
  await pause(seconds * 1000);
  clearInterval(watch);
  const elapsed = (performance.now() - begun) / 1000;
  const value = await bot.metrics();
  const [answered, busy] = [value('isnad_questions_total'), value('isnad_busy_total')];
  console.log(
    bot.output().split('\n').slice(-3).join('\n'),
    process.cpuUsage(),
    value('process_cpu_seconds_total'),
    ['encoding', 'candidates', 'late_interaction', 'reader'].map((x) => [x, value(`isnad_stage_seconds_sum\\{stage="${x}"\\}`)]),
  );
  const lag = value('nodejs_eventloop_lag_p99_seconds') * 1000;
  const beats = server.heartbeats.length;
  // The stop comes while everybody waits.
  const stopped = performance.now();
  stopping = true;
  bot.child.kill('SIGTERM');
  const code = await bot.ended;
  const stop = performance.now() - stopped;
  await server.close();
  await everybody;

  const due = Math.floor((elapsed * 1000) / HEARTBEAT);
  const rate = answered / elapsed;
  const [early = 0, late = 0] = [memory[Math.floor(memory.length / 4)], memory.at(-1)];
  findings.add(`${PEOPLE} people for ${Math.round(elapsed)} s: questions answered / told "busy" / lost`, `${answered} / ${busy} / ${lost}`, lost === 0);
  findings.add('slowest deferral (Discord allows 3 s)', `${Math.round(Math.max(...deferrals))} ms`, Math.max(...deferrals) < DEFERRAL);
  findings.add('from asking to the answer, queue included: p50 / p95', `${seconds1(quantile(times, 0.5))} / ${seconds1(quantile(times, 0.95))} s`);
  findings.add(
    'questions a second, of those that the model alone takes',
    `${rate.toFixed(1)} of ${alone.toFixed(1)} (${percent(rate / alone)})`,
    rate >= 0.8 * alone,
  );
  findings.add('heartbeats sent, of those due', `${beats} of ${due}`, beats >= due);
  findings.add('event-loop delay: p50 / p99', `${(value('nodejs_eventloop_lag_p50_seconds') * 1000).toFixed(1)} / ${lag.toFixed(1)} ms`, lag < 50);
  findings.add('memory after a quarter / at the end', `${megabytes(early)} / ${megabytes(late)} MB`, late < 1.05 * early);
  findings.add('SIGTERM with a full queue: ended after', `${seconds1(stop)} s`, code === 0 && stop < 10_000);
  expect(bot.output()).not.toContain(server.token);
  for (const question of QUESTIONS.slice(0, 50)) expect(bot.output()).not.toContain(question);
  findings.add('lines of log meanwhile; token or text of a question in them', `${bot.output().split('\n').length - 1}; none`);
});

function seconds1(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
