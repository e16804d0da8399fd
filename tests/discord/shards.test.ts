import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/app.ts';
import { DiscordServer } from '../support/discord-server.ts';

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js');
const QUESTION = 'ماذا قال البيت الأبيض عن قرار بايدن؟';

/** Milliseconds since Discord's epoch: an id begins with its time, by which servers are shared out. */
const SOME_TIME = 200_000_000_000;

let server: DiscordServer;
let guilds = 0;

beforeAll(async () => {
  // Loading the model is waited for.
  server = await DiscordServer.start({ timeoutMs: 60_000 });
});

afterAll(() => server.close());

/** A guild that belongs to one of two shards. */
function guildOf(shard: 0 | 1) {
  guilds += 2;
  return server.addGuild({ id: String(BigInt(SOME_TIME + guilds + shard) << 22n), name: `of shard ${shard}` });
}

test('as several processes: each answers on its own servers, once; what one was told, all know; a signal ends all', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const bot = spawn(process.execPath, [MAIN, 'bot'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DISCORD_TOKEN: server.token,
      DISCORD_API_URL: server.apiUrl,
      DISCORD_SHARDS: '2',
      INDEX_DIR: join(folder, 'index'),
      DATA_DIR: join(folder, 'data'),
      MONITOR_PORT: '0',
    },
  });
  let output = '';
  for (const stream of [bot.stdout, bot.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(bot, 'exit');
  await server.ready(2);
  expect(server.identifies.map(({ payload }) => payload['shard'])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  // Once for all.
  expect(server.commandPuts).toHaveLength(1);
  const user = server.addUser({ username: 'salma' });
  const answers = ([0, 1] as const).map((shard) => server.slash({ user, guild: guildOf(shard), name: 'ask', options: { question: QUESTION } }).reply());
  for (const answer of await Promise.all(answers)) expect(answer.embeds[0]?.description).toContain('وقال البيت الأبيض');
  // Settings lie in the one database.
  const help = await server.slash({ user, guild: guildOf(0), name: 'help' }).reply();
  await server.button({ user, message: help, customId: 'help:en' }).reply();
  const other = await server.slash({ user, guild: guildOf(1), name: 'sources' }).reply();
  expect(other.embeds[0]?.description).toContain('Reports');
  bot.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(output).toContain('in 2 processes');
  expect(output).not.toContain(server.token);
  // Had two answered, the second would have been refused.
  expect(server.unhandled).toEqual([]);
});
