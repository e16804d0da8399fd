import { allCommands } from '../commands/all.ts';
import { Libraries } from './answer/libraries.ts';
import { type App, openApp } from './app.ts';
import { cardOf, drawCard } from './card/card.ts';
import { type Config, VERSION } from './config.ts';
import { watchReports } from './corpus/watch.ts';
import type { Command } from './discord/command.ts';
import { connect } from './discord/gateway.ts';
import { Reception } from './discord/reception.ts';
import { inviteLink, register, requireToken } from './discord/registration.ts';
import { reportsOf, ServerReports } from './discord/server-reports.ts';
import { describe, UserError } from './errors.ts';
import { createLog, type Log } from './log.ts';
import { Metrics } from './monitoring/metrics.ts';
import { type Monitor, startMonitor } from './monitoring/server.ts';
import { nextSignal } from './signals.ts';
import { Database } from './storage/database.ts';
import { Records } from './storage/records.ts';

/** Milliseconds. */
const FORGET_EVERY = 3_600_000;

/**
 * Runs the bot until a signal ends it: opens the index, registers the commands if they changed, connects, prints the invite link.
 *
 * @throws UserError when there is no token, Discord or the database server refuses or can't be reached, or Discord ends the session for good
 */
export async function runBot(config: Config, open: (config: Config) => Promise<App> = openApp): Promise<void> {
  const credentials = requireToken(config.discord);
  const log = createLog(config.logLevel);
  const commands = allCommands(config.discord.arabicCommands);
  const { shard } = config.discord;
  // Whoever starts the shards does it once for all.
  if (shard === undefined) {
    const { outcome } = await register(credentials, commands);
    log.info({ commands: commands.length, outcome }, 'commands registered');
  }
  // A server that can't be reached is told at once, not after the model has loaded.
  const database = await Database.open(
    config.data,
    (trouble) => log.warn({ trouble }, 'not kept'),
    (news) => log.info({ news }, 'database'),
  );
  // Watched before they are read: a change meanwhile is noticed too.
  const watch = watchReports(config.seedsFolder);
  await watch.ready;
  const app = await open(config);
  const records = new Records(database, config.data.retentionDays);
  await records.forgetOld();
  const metrics = new Metrics();
  const services = receptionFor(app, records, commands, metrics);
  const gateway = await connect({ credentials, commands, services, log });
  metrics.watch({
    queueDepth: () => services.waiting,
    index: () => ({ builtAt: app.opened.builtAt, passages: app.opened.index.passages.length }),
    connected: () => gateway.connected,
  });
  const monitor = await monitored(config, metrics, () => (gateway.connected ? [] : ['not connected to Discord']), log);
  watch.onChange(() => reread(services, log));
  const daily = setInterval(() => void records.forgetOld(), FORGET_EVERY);
  const signal = nextSignal();
  if (shard === undefined) process.stdout.write(`Isnad is on Discord. Add it to a server: ${inviteLink(gateway.applicationId)}\n`);
  const end = await Promise.race([
    signal,
    gateway.ended.then((reason) => new UserError(`${reason} Check the token, then start again.`)),
    app.encoder.ended.then((reason) => new UserError(`The model's thread ended (${reason}). Start again.`)),
  ]);
  log.info('stopping');
  // A build under way is left: the index that answers now is whole.
  await watch.close();
  await gateway.stop();
  await monitor?.close();
  clearInterval(daily);
  // First what answers: whoever still waits is told so.
  await app.close();
  await database.close();
  // The channel to whoever started the shards would keep this one alive.
  if (process.connected) process.disconnect();
  if (end instanceof UserError) throw end;
  log.info('stopped');
}

/** What answers on Discord, made of the parts of the program. */
export function receptionFor(app: App, records: Records, commands: readonly Command[], metrics: Metrics, fairness = app.config.fairness): Reception {
  const libraries = new Libraries({
    encoder: app.encoder,
    common: () => ({ index: app.opened.index, answerer: app.answerer }),
    rebuildCommon: () => app.reload({}, { force: true }),
    reportsOf: (server) => reportsOf(server, records),
    open: async (server, reports, force) => (await app.store.of(server).open(reports, app.encoder, { force })).index,
    clear: (server) => app.store.of(server).clear(),
  });
  return new Reception({
    libraries,
    reports: new ServerReports(records, libraries, app.config.serverReports),
    about: () => ({ version: VERSION, model: app.encoder.info.id, builtAt: app.opened.builtAt }),
    commands: commands.flatMap((command) => ('menu' in command ? [] : [{ ...command.data, admin: command.admin ?? false }])),
    records,
    metrics,
    fairness,
    async drawCard(answer, documents) {
      const card = cardOf(answer, documents);
      return card && drawCard(card);
    },
    async reload(retry) {
      const skipped: string[] = [];
      const { built, embedded, index } = await app.reload({ onNotice: (line) => skipped.push(line) }, { retry });
      return { built, passages: index.passages.length, embedded, skipped };
    },
  });
}

/** Starts the monitor. That its port is taken is no reason not to answer. */
async function monitored({ monitor, discord }: Config, metrics: Metrics, notReady: () => readonly string[], log: Log): Promise<Monitor | undefined> {
  if (!monitor) return undefined;
  try {
    const started = await startMonitor(monitor.host, monitor.port + (discord.shard ?? 0), metrics, notReady);
    log.info({ address: started.address }, 'monitoring');
    return started;
  } catch (error) {
    log.warn({ error: describe(error), port: monitor.port }, 'no monitoring: set MONITOR_PORT to a free port, or to 0');
    return undefined;
  }
}

/** Answers from the reports as they are now; what can't be read leaves the old ones. */
async function reread(services: Reception, log: Log): Promise<void> {
  try {
    const { built, embedded, skipped, passages } = await services.reload(false);
    log.info({ built, embedded, skipped, passages }, 'the reports changed');
  } catch (error) {
    log.warn({ error: describe(error) }, 'the reports changed and could not be read; the old ones answer');
  }
}
