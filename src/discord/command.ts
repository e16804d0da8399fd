import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  InteractionContextType,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { Answer, SearchResult } from '../answer/answer.ts';
import type { Document } from '../corpus/document.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { AskedQuestion, Records, ServerSettings } from '../storage/records.ts';
import type { Language } from '../text/language.ts';
import type { Reply } from './render.ts';
import type { ServerReports } from './server-reports.ts';

/** Where and by whom something is asked. */
export interface Place {
  readonly channelId: string | null;
  /** Channel that the thread belongs to; `null` where it is no thread. */
  readonly threadOf: string | null;
  /** `null` outside servers. */
  readonly guildId: string | null;
  readonly userId: string;
}

/** Key of the only report that is asked, {@link ALL_REPORTS}, or `undefined`: the channel's, and all where it has none. */
export type AskedReport = string | undefined;

/** What the bot says about itself. */
export interface About {
  readonly version: string;
  readonly model: string;
  readonly builtAt: Date;
}

/** An answer, and the id that its buttons carry; `undefined` where there was no question. */
export interface Asked {
  readonly answer: Answer;
  readonly id: string | undefined;
}

/** A slash command as `/help` tells of it. */
export interface CommandInfo {
  readonly name: string;
  /** English, then Arabic behind ` · `: Discord shows one text to all. */
  readonly description: string;
  /** For those who manage a server. */
  readonly admin: boolean;
}

/** What commands and buttons may use. */
export interface Services {
  /** What is answered from at a place, as it is now: the common reports, behind those of its server's own. */
  indexFor(place: Place): Promise<ReportIndex>;
  /** The report of an index that is meant at a place where none is named: the channel's, else the first. */
  reportAt(place: Place, index: ReportIndex): Promise<Document | undefined>;
  /** Reports that servers have of their own. */
  readonly reports: ServerReports;
  readonly about: About;
  /** The slash commands there are. */
  readonly commands: readonly CommandInfo[];
  readonly records: Records;
  readonly metrics: Metrics;
  /**
   * Answers in the conversation of this person in this channel: in order, follow-ups understood.
   *
   * @param report which is asked
   * @param previous a question that this one may lean on, in place of the conversation's last one
   * @throws Busy when more is asked than can be answered
   * @throws NoReport when the one that is asked is not there
   */
  answer(place: Place, question: string, report?: AskedReport, previous?: string): Promise<Asked>;
  /** What a button belongs to; `undefined` when that has expired, or was asked on another server. */
  recall(place: Place, id: string | undefined): Promise<AskedQuestion | undefined>;
  /** Answers it once more. @throws Busy, NoReport */
  again(place: Place, asked: AskedQuestion): Promise<Answer>;
  /** Passages that fit a text, best first. @throws Busy, NoReport */
  search(place: Place, text: string, report?: AskedReport): Promise<SearchResult & { readonly report: AskedReport }>;
  /** The first citation of an answer that was given at a place, as a PNG picture; `undefined` where nothing is cited. */
  drawCard(place: Place, answer: Answer): Promise<Uint8Array | undefined>;
  /**
   * Reads the common reports again; whether what was read is another index, its passages, and how many texts had to be embedded for it.
   *
   * @param retry whether files that could not be read before are read anew
   */
  reload(retry: boolean): Promise<{ readonly built: boolean; readonly passages: number; readonly embedded: number; readonly skipped: readonly string[] }>;
  /** Language of the bot's own words where no question tells one: what the person chose, else the server, else the report's. */
  languageFor(place: Place): Promise<Language>;
}

/** A report was asked that is not there, or no longer. */
export class NoReport extends Error {}

/** A slash command. */
export interface SlashCommand {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  /** The same command's Arabic name, for those who register it. */
  readonly arabicName: string;
  /** For those who may manage the server only; it is checked here too, whatever Discord lets through. */
  readonly admin?: true;
  execute(interaction: ChatInputCommandInteraction, services: Services): Promise<void>;
  autocomplete?(interaction: AutocompleteInteraction, services: Services): Promise<void>;
  /** Buttons and forms whose custom_id begins with `<command name>:`. */
  button?(interaction: ButtonInteraction, services: Services): Promise<void>;
  submit?(interaction: ModalSubmitInteraction, services: Services): Promise<void>;
}

/** An entry of a message's menu. */
export interface MenuCommand {
  readonly data: RESTPostAPIContextMenuApplicationCommandsJSONBody;
  readonly menu: (interaction: MessageContextMenuCommandInteraction, services: Services) => Promise<void>;
}

export type Command = SlashCommand | MenuCommand;

/** Where an interaction takes place. */
export function placeOf({ channelId, guildId, user, channel }: Pick<Interaction, 'channelId' | 'guildId' | 'user' | 'channel'>): Place {
  return { channelId, threadOf: channel?.isThread() ? channel.parentId : null, guildId, userId: user.id };
}

/**
 * Whether what is shown is for the asker alone: as they say, else as the server decided; always in channels where the bot is not to speak.
 *
 * @param asked what the asker said, `null` if nothing
 */
export async function visibility(place: Place, asked: boolean | null, { records }: Services): Promise<{ readonly flags?: MessageFlags.Ephemeral }> {
  if (place.guildId === null) return asked ? { flags: MessageFlags.Ephemeral } : {};
  const settings = await records.serverSettings(place.guildId);
  return (asked ?? settings.private) || !mayShow(place, settings) ? { flags: MessageFlags.Ephemeral } : {};
}

/** Whether the bot may speak in a channel for all to see; a channel's threads belong to it. */
export function mayShow({ channelId, threadOf }: Place, { channels }: ServerSettings): boolean {
  return channels.length === 0 || channels.some((id) => id === channelId || id === threadOf);
}

/** Shows another page of a message: whoever asked for it turns it for all to see, anybody else gets a page of their own. */
export async function turnPage(interaction: ButtonInteraction, page: Reply): Promise<void> {
  const owner = interaction.message.interactionMetadata?.user.id;
  if (owner === undefined || owner === interaction.user.id) await interaction.update(page);
  else await interaction.reply({ ...page, flags: MessageFlags.Ephemeral });
}

/** For commands that work wherever Discord lets an app be: servers, direct messages, private channels of whoever installed it. */
export const EVERYWHERE: Pick<RESTPostAPIChatInputApplicationCommandsJSONBody, 'contexts' | 'integration_types'> = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
};

/** Option of commands whose reply may be for the asker alone. */
export const PRIVATE_OPTION: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.Boolean,
  name: 'private',
  description: 'Show it to you alone · لك وحدك',
};

/** For commands of those who manage a server. */
export const ADMINS: Pick<RESTPostAPIChatInputApplicationCommandsJSONBody, 'contexts' | 'integration_types' | 'default_member_permissions'> = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild],
  default_member_permissions: String(PermissionFlagsBits.ManageGuild),
};
