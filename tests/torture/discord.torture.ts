/** Discord and the network at their worst: every fault many times, a question in the middle of each. */
import { test } from 'vitest';
import { botForAllTests } from '../support/bot.ts';
import { type BotMessage, DiscordServer, type FaultResponse } from '../support/discord-server.ts';
import { ANSWERED, firstLine, run, startBotProgram } from './program.ts';
import { count, Findings, some } from './table.ts';

const TIMES = some(50);

const findings = new Findings('Discord');
const running = botForAllTests();

function ask() {
  const { server } = running.bot;
  return server.slash({ user: server.addUser({ username: 'salma' }), name: 'ask', options: { question: ANSWERED.question } });
}

function isAnswer(reply: BotMessage): boolean {
  return reply.embeds[0]?.description?.includes(ANSWERED.place) ?? false;
}

/** Asks with a fault under each question; how often it was answered all the same. */
async function answered(what: string, fault: () => Promise<void> | void): Promise<void> {
  const good = await count(what, TIMES, async () => {
    await fault();
    return isAnswer(await ask().reply());
  });
  findings.add(`${what}, ${TIMES} times`, `${good} of ${TIMES} answered`, good === TIMES);
}

const failing = (path: RegExp, response: FaultResponse, times = 1) => running.bot.server.failNext({ path }, response, times);
const EDIT = /^\/webhooks\//u;
const CALLBACK = /\/callback$/u;

test('faults of the interface', async () => {
  const slow = { status: 429, headers: { 'retry-after': '0.1' }, body: { message: 'slow down', retry_after: 0.1, global: false } };
  await answered('429 with Retry-After when the answer is sent', () => failing(EDIT, slow));
  await answered('429 with Retry-After when the deferral is sent', () => failing(CALLBACK, slow));
  await answered('two 500s in a row', () => failing(EDIT, { status: 500 }, 2));
  await answered('the connection reset', () => failing(EDIT, 'reset'));
});

test('faults of the gateway', async () => {
  const { server } = running.bot;
  const times = some(20);
  const dropped = await count('Gateway dropped', times, async (i) => {
    const question = ask();
    await question.acknowledged();
    server.dropConnections();
    const good = isAnswer(await question.reply());
    await server.resumed(i + 1);
    return good;
  });
  findings.add(`gateway dropped in the middle of an answer, ${times} times`, `${dropped} of ${times} answered, resumed each time`, dropped === times);
  const refused = await count('Resume refused', times, async () => {
    const identifies = server.identifies.length;
    server.refuseResume = true;
    server.dropConnections();
    await server.ready(identifies + 1);
    server.refuseResume = false;
    return isAnswer(await ask().reply());
  });
  findings.add(`resume refused, ${times} times`, `${refused} of ${times} identified anew and answered`, refused === times);
  const expired = await count('Interaction expired', times, async () => {
    const late = ask();
    await late.acknowledged();
    server.expire(late);
    return isAnswer(await ask().reply());
  });
  findings.add(`an interaction that expires before its answer, ${times} times`, `the next one answered ${expired} times`, expired === times);
});

test('an end for good', async () => {
  const server = await DiscordServer.start({ timeoutMs: 60_000 });
  const program = await startBotProgram(server, 19_466);
  server.dropConnections(4004);
  const code = await program.ended;
  const last = program.output().trim().split('\n').at(-1) ?? '';
  findings.add('the token revoked while it runs', last, code === 1 && /Check the token/u.test(last) && !program.output().includes(server.token));
  const refused = await run(['bot'], { DISCORD_TOKEN: 'revoked-token', DISCORD_API_URL: server.apiUrl });
  findings.add('a start with a revoked token', firstLine(refused.output), refused.code === 2 && !refused.output.includes('revoked-token'));
  const { apiUrl, token } = server;
  await server.close();
  const dead = await run(['bot'], { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl });
  findings.add('a start without a network', firstLine(dead.output).replace(/http:\S+/u, '…'), dead.code === 1 && !dead.output.includes(token));
});
