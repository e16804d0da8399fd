import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  MessageContextMenuCommandInteraction,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
  RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { Answer } from '../answer/answer.ts';
import type { ReportIndex } from '../indexing/report-index.ts';

/** What the bot says about itself. */
export interface About {
  readonly version: string;
  readonly model: string;
  readonly builtAt: Date;
}

/** What a command may use. */
export interface Services {
  readonly index: ReportIndex;
  readonly about: About;
  /** Answers in the conversation of this user in this channel: in order, follow-ups understood. */
  answer(place: { readonly channelId: string | null; readonly userId: string }, question: string): Promise<Answer>;
}

/** A slash command. */
export interface SlashCommand {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  execute(interaction: ChatInputCommandInteraction, services: Services): Promise<void>;
  autocomplete?(interaction: AutocompleteInteraction, services: Services): Promise<void>;
  /** Buttons whose custom_id begins with `<command name>:`. */
  button?(interaction: ButtonInteraction, services: Services): Promise<void>;
}

/** An entry of a message's menu. */
export interface MenuCommand {
  readonly data: RESTPostAPIContextMenuApplicationCommandsJSONBody;
  readonly menu: (interaction: MessageContextMenuCommandInteraction, services: Services) => Promise<void>;
}

export type Command = SlashCommand | MenuCommand;
