import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Shard, ShardingManager } from 'discord.js';
import { allCommands } from '../commands/all.ts';
import { type Config, lendingSecrets } from './config.ts';
import { inviteLink, recommendedShards, register, requireToken } from './discord/registration.ts';
import { describe, UserError } from './errors.ts';
import { createLog } from './log.ts';
import { nextSignal } from './signals.ts';
import { threadFile } from './thread-file.ts';

/** Milliseconds between the starts of two shards: Discord lets a bot identify once in 5 s. */
const BETWEEN_STARTS = 5_500;
/** Milliseconds that a shard may take to be ready: the first one may have an index to build. */
const PATIENCE = 3_600_000;
/** Milliseconds until a shard that ended is started again: twice as many each time, up to the last, since Discord counts what identifies. */
const FIRST_RESTART = 5_000;
const LAST_RESTART = 300_000;
/** Exit code of what starting again does not mend: usage, configuration, a refused token. */
const HOPELESS = 2;

/**
 * Runs the bot as several processes, each of which has its share of the servers, until a signal ends it. They share the index and the database.
 *
 * @throws UserError when Discord refuses the token or can't be reached, or a shard can't be started
 */
export async function runShards(config: Config): Promise<void> {
  const credentials = requireToken(config.discord);
  const log = createLog(config.logLevel);
  const { applicationId } = await register(credentials, allCommands(config.discord.arabicCommands));
  const totalShards = config.discord.shards === 'auto' ? await recommendedShards(credentials) : config.discord.shards;
  const manager = new ShardingManager(fileURLToPath(threadFile('cli/main')), { token: credentials.token, totalShards, shardArgs: ['bot'], respawn: false });
  const running = new Set<ChildProcess>();
  let stopping = false;
  const broken = new Promise<UserError>((resolve) => {
    manager.on('shardCreate', (shard) => {
      let wait = FIRST_RESTART;
      shard.on('spawn', (child) => running.add(child as ChildProcess));
      shard.on('ready', () => {
        wait = FIRST_RESTART;
      });
      shard.on('death', (child) => {
        const { exitCode } = child as ChildProcess;
        running.delete(child as ChildProcess);
        if (stopping) return;
        if (exitCode === HOPELESS) return resolve(new UserError(`Shard ${shard.id} can't go on; why is said above.`, HOPELESS));
        log.warn({ shard: shard.id, exitCode, wait }, 'a shard ended; it is started again');
        setTimeout(() => void startAgain(shard), wait).unref();
        wait = Math.min(2 * wait, LAST_RESTART);
      });
    });
  });
  const startAgain = async (shard: Shard) => {
    if (!stopping) await shard.spawn(-1).catch((error: unknown) => log.error({ shard: shard.id, error: describe(error) }, 'a shard does not start'));
  };
  const signal = nextSignal();
  const starting = lendingSecrets(config, () => manager.spawn({ amount: totalShards, delay: BETWEEN_STARTS, timeout: PATIENCE }));
  const notStarted = new Promise<UserError>((resolve) => {
    starting.then(
      () => process.stdout.write(`Isnad is on Discord, in ${totalShards} processes. Add it to a server: ${inviteLink(applicationId)}\n`),
      (error: unknown) => resolve(new UserError(`The shards did not all start (${describe(error)}); why is said above.`)),
    );
  });
  const end = await Promise.race([signal, broken, notStarted]);
  stopping = true;
  log.info({ shards: running.size }, 'stopping');
  await Promise.all(
    [...running].map(async (child) => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }),
  );
  if (end instanceof UserError) throw end;
}
