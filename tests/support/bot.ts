import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { allCommands } from '../../commands/all.ts';
import { type App, openApp } from '../../src/app.ts';
import { receptionFor } from '../../src/bot.ts';
import type { Fairness } from '../../src/discord/admission.ts';
import { connect, type Gateway } from '../../src/discord/gateway.ts';
import { register } from '../../src/discord/registration.ts';
import { createLog } from '../../src/log.ts';
import { Metrics } from '../../src/monitoring/metrics.ts';
import { Database } from '../../src/storage/database.ts';
import { Records } from '../../src/storage/records.ts';
import { testConfig } from './app.ts';
import { DiscordServer } from './discord-server.ts';

/** A bot of its own for each test of a file, all on one app; nothing that Discord does not know may have been asked of the server. */
export function botForEachTest(): { readonly app: App; readonly bot: TestBot } {
  let app: App | undefined;
  let bot: TestBot | undefined;
  beforeAll(async () => {
    app = await openApp(testConfig());
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    bot = await startBot(app as App);
  });
  afterEach(async () => {
    expect(bot?.server.unhandled).toEqual([]);
    await bot?.stop();
    await bot?.server.close();
  });
  return {
    get app() {
      return app as App;
    },
    get bot() {
      return bot as TestBot;
    },
  };
}

/** One app and one bot for all tests of a file. */
export function botForAllTests(): { readonly app: App; readonly bot: TestBot } {
  let app: App | undefined;
  let bot: TestBot | undefined;
  beforeAll(async () => {
    app = await openApp(testConfig());
    bot = await startBot(app);
  });
  afterAll(async () => {
    await bot?.stop();
    await bot?.server.close();
    await app?.close();
  });
  return {
    get app() {
      return app as App;
    },
    get bot() {
      return bot as TestBot;
    },
  };
}

const MARKS: Readonly<Record<string, string>> = { '\u200e': '<LRM>', '\u200f': '<RLM>', '\u2068': '<FSI>', '\u2069': '<PDI>' };

/** Direction marks made visible. */
export function marksShown(text: string): string {
  return text.replace(/[\u200e\u200f\u2068\u2069]/gu, (mark) => MARKS[mark] ?? '');
}

/** The bot, whole, connected to a Discord-compatible server on loopback. */
export interface TestBot {
  readonly server: DiscordServer;
  readonly gateway: Gateway;
  readonly records: Records;
  /** Moves the clock of the records on. */
  pass(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface TestBotOptions {
  readonly arabic?: boolean;
  readonly fairness?: Partial<Fairness>;
  /** Folder of the database; default: memory. */
  readonly folder?: string;
  /** A server that is there already: the bot is started anew. */
  readonly server?: DiscordServer;
}

export async function startBot(app: App, options: TestBotOptions = {}): Promise<TestBot> {
  const server = options.server ?? (await DiscordServer.start());
  const commands = allCommands(options.arabic ?? false);
  const credentials = { token: server.token, guildId: undefined, apiUrl: server.apiUrl };
  await register(credentials, commands);
  const database = await Database.open({ folder: options.folder, url: undefined }, () => undefined);
  let later = 0;
  const records = new Records(database, 90, () => Date.now() + later);
  // Room for every question of a test unless it is about the limits.
  const fairness = { perUser: 1000, perServer: 1000, waiting: 1000, ...options.fairness };
  const metrics = new Metrics();
  const services = receptionFor(app, records, commands, metrics, fairness);
  const gateway = await connect({ credentials, commands, services, log: createLog('silent') });
  return {
    server,
    gateway,
    records,
    pass: (milliseconds) => {
      later += milliseconds;
    },
    async stop() {
      await gateway.stop();
      await database.close();
    },
  };
}
