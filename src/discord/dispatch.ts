import { type Interaction, MessageFlags } from 'discord.js';
import { wordingFor } from '../answer/wording.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Command, MenuCommand, Services, SlashCommand } from './command.ts';
import { plainMessage } from './render.ts';

/** Sends each interaction to the command it is for, and is the boundary where a failure becomes a polite line. */
export class Dispatcher {
  readonly #slash = new Map<string, SlashCommand>();
  readonly #menus = new Map<string, MenuCommand>();
  readonly #services: Services;
  readonly #log: Log;

  constructor(commands: readonly Command[], services: Services, log: Log) {
    for (const command of commands) {
      if ('menu' in command) this.#menus.set(command.data.name, command);
      else this.#slash.set(command.data.name, command);
    }
    this.#services = services;
    this.#log = log;
  }

  async dispatch(interaction: Interaction): Promise<void> {
    try {
      await this.#route(interaction);
    } catch (error) {
      this.#log.error({ interaction: interaction.id, error: describe(error) }, 'interaction failed');
      await apologize(interaction).catch((failure: unknown) => this.#log.warn({ interaction: interaction.id, error: describe(failure) }, 'no apology'));
    }
  }

  async #route(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand()) await this.#slash.get(interaction.commandName)?.execute(interaction, this.#services);
    else if (interaction.isAutocomplete()) await this.#slash.get(interaction.commandName)?.autocomplete?.(interaction, this.#services);
    else if (interaction.isButton()) await this.#slash.get(interaction.customId.split(':', 1)[0] ?? '')?.button?.(interaction, this.#services);
    else if (interaction.isMessageContextMenuCommand()) await this.#menus.get(interaction.commandName)?.menu(interaction, this.#services);
  }
}

async function apologize(interaction: Interaction): Promise<void> {
  if (interaction.isAutocomplete()) return interaction.responded ? undefined : interaction.respond([]);
  if (!interaction.isRepliable()) return;
  const message = plainMessage(`${wordingFor('ar').failed}\n${wordingFor('en').failed}`, 'ar');
  if (interaction.deferred) await interaction.editReply(message);
  else if (!interaction.replied) await interaction.reply({ ...message, flags: MessageFlags.Ephemeral });
}
