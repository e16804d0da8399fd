import { Client, Events, GatewayIntentBits, Partials, Status } from 'discord.js';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Command, Services } from './command.ts';
import { Dispatcher } from './dispatch.ts';
import { explainDiscord } from './failures.ts';
import { STOP_PATIENCE } from './limits.ts';
import { answerMessageEvent } from './messages.ts';
import type { Credentials } from './registration.ts';

export interface GatewayOptions {
  readonly credentials: Credentials;
  readonly commands: readonly Command[];
  readonly services: Services;
  readonly log: Log;
}

/** The bot on Discord's gateway. */
export interface Gateway {
  readonly applicationId: string;
  /** Whether its connection stands now. */
  readonly connected: boolean;
  /** Takes nothing new, finishes what is under way (7 s at most), leaves. */
  stop(): Promise<void>;
  /** Settles when Discord ends the session for good (a revoked token): the bot can't go on. */
  readonly ended: Promise<string>;
}

/**
 * Connects. Intents: Guilds, GuildMessages (mentions) and DirectMessages; none is privileged.
 *
 * @throws UserError when Discord refuses the token or can't be reached
 */
export async function connect({ credentials, commands, services, log }: GatewayOptions): Promise<Gateway> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    // Without it, direct messages from a channel not seen before never arrive.
    partials: [Partials.Channel],
    allowedMentions: { parse: [], repliedUser: false },
    ...(credentials.apiUrl !== undefined && { rest: { api: credentials.apiUrl } }),
  });
  const dispatcher = new Dispatcher(commands, services, log);
  const underWay = new Set<Promise<void>>();
  let stopping = false;
  const handle = (work: () => Promise<void>) => {
    if (stopping) return;
    const task = work().finally(() => underWay.delete(task));
    underWay.add(task);
  };
  client.on(Events.InteractionCreate, (interaction) => handle(() => dispatcher.dispatch(interaction)));
  client.on(Events.MessageCreate, (message) => handle(() => answerMessageEvent(message, services, log)));
  // Not one that is only out of order for now: of that Discord says so in another event.
  client.on(Events.GuildDelete, (guild) =>
    handle(() => services.reports.forget(guild.id).catch((error: unknown) => log.error({ error: describe(error) }, 'a server that was left is not forgotten'))),
  );
  client.on(Events.Error, (error) => log.error({ error: describe(error) }, 'gateway error'));
  client.on(Events.ShardError, (error, shard) => log.warn({ shard, error: describe(error) }, 'connection error; reconnecting'));
  client.on(Events.ShardReconnecting, (shard) => log.info({ shard }, 'reconnecting'));
  client.on(Events.ShardResume, (shard, replayed) => log.info({ shard, replayed }, 'resumed'));
  const ended = new Promise<string>((resolve) => {
    client.on(Events.ShardDisconnect, (event) => resolve(`Discord closed the connection for good (code ${event.code}).`));
    client.on(Events.Invalidated, () => resolve('Discord ended the session for good.'));
  });
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  try {
    await client.login(credentials.token);
  } catch (error) {
    await client.destroy();
    throw explainDiscord(error);
  }
  const { application } = await ready;
  return {
    applicationId: application.id,
    get connected() {
      return !stopping && client.ws.shards.every((shard) => shard.status === Status.Ready);
    },
    ended,
    async stop() {
      stopping = true;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => (timer = setTimeout(resolve, STOP_PATIENCE)));
      await Promise.race([Promise.allSettled(underWay), patience]);
      clearTimeout(timer);
      await client.destroy();
    },
  };
}
