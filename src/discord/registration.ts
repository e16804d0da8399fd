import { isDeepStrictEqual } from 'node:util';
import {
  type APIApplication,
  type APIApplicationCommand,
  type APIGatewayBotInfo,
  ApplicationCommandType,
  OAuth2Scopes,
  PermissionFlagsBits,
  REST,
  Routes,
} from 'discord.js';
import type { Config } from '../config.ts';
import { UserError } from '../errors.ts';
import type { Command } from './command.ts';
import { explainDiscord } from './failures.ts';

export interface Credentials {
  readonly token: string;
  readonly guildId: string | undefined;
  readonly apiUrl: string | undefined;
}

/** What registering the commands came to. */
export interface Registration {
  readonly applicationId: string;
  readonly outcome: 'changed' | 'unchanged';
}

/** What of the configuration says how to reach Discord. */
type Settings = Pick<Config['discord'], keyof Credentials>;

/** All the bot needs: to see a channel, answer there with an embed (in threads too) and refer to the message it answers. */
const PERMISSIONS =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.ReadMessageHistory;

/** @throws UserError (exit code 2) when there is no token */
export function requireToken(discord: Settings): Credentials {
  if (discord.token === undefined) {
    throw new UserError('No DISCORD_TOKEN: create a bot at https://discord.com/developers/applications and put its token in .env (see .env.example).', 2);
  }
  return { ...discord, token: discord.token };
}

/** Link that adds the bot to a server with the least permissions it needs. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: `${OAuth2Scopes.Bot} ${OAuth2Scopes.ApplicationsCommands}`,
    permissions: String(PERMISSIONS),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** Name of the application a token belongs to. @throws UserError when Discord refuses the token or can't be reached */
export async function whoAmI(discord: Settings): Promise<string> {
  return (await application(rest(requireToken(discord)))).name;
}

/** Processes that Discord recommends for a bot with as many servers. @throws UserError when Discord refuses the token or can't be reached */
export async function recommendedShards(credentials: Credentials): Promise<number> {
  try {
    return ((await rest(credentials).get(Routes.gatewayBot())) as APIGatewayBotInfo).shards;
  } catch (error) {
    throw explainDiscord(error);
  }
}

/**
 * Registers the commands where they differ from what is registered: the whole list at once, or nothing.
 *
 * @throws UserError when Discord refuses or can't be reached
 */
export async function register(credentials: Credentials, commands: readonly Command[]): Promise<Registration> {
  const client = rest(credentials);
  const { id } = await application(client);
  const { guildId } = credentials;
  const route = guildId === undefined ? Routes.applicationCommands(id) : Routes.applicationGuildCommands(id, guildId);
  try {
    const registered = (await client.get(route, { query: new URLSearchParams({ with_localizations: 'true' }) })) as APIApplicationCommand[];
    const wanted = commands.map((command) => command.data);
    const shape = (list: readonly { name: string; type?: ApplicationCommandType | undefined }[]) =>
      new Map(list.map((command) => [`${command.type ?? ApplicationCommandType.ChatInput} ${command.name}`, essence(command, guildId !== undefined)]));
    if (isDeepStrictEqual(shape(registered), shape(wanted))) return { applicationId: id, outcome: 'unchanged' };
    await client.put(route, { body: wanted });
    return { applicationId: id, outcome: 'changed' };
  } catch (error) {
    throw explainDiscord(error);
  }
}

function rest({ token, apiUrl }: Credentials): REST {
  return new REST(apiUrl === undefined ? {} : { api: apiUrl }).setToken(token);
}

async function application(client: REST): Promise<APIApplication> {
  try {
    return (await client.get(Routes.currentApplication())) as APIApplication;
  } catch (error) {
    throw explainDiscord(error);
  }
}

/** What we decide about a command, without what Discord adds or leaves out as a default. */
function essence(command: object, inGuild: boolean): Record<string, unknown> {
  const defaults: Record<string, unknown> = { type: 1, nsfw: false, required: false, autocomplete: false };
  const added = new Set(['id', 'application_id', 'guild_id', 'version', 'dm_permission', 'name_localized', 'description_localized', 'handler']);
  if (inGuild) for (const key of ['contexts', 'integration_types']) added.add(key);
  const entries = Object.entries(command).flatMap(([key, value]): [string, unknown][] => {
    const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (added.has(key) || empty || ('name' in command && defaults[key] === value)) return [];
    if (!Array.isArray(value)) return [[key, value]];
    const list = (value as unknown[]).map((item) => (typeof item === 'object' && item !== null ? essence(item, inGuild) : item));
    return [[key, key === 'contexts' || key === 'integration_types' ? list.sort() : list]];
  });
  return Object.fromEntries(entries);
}
