import { type Interaction, MessageFlags, PermissionFlagsBits, type RepliableInteraction } from 'discord.js';
import type { Log } from '../log.ts';
import { ANSWER_PREFIX } from './actions.ts';
import { pressAction, submitAction } from './answer-actions.ts';
import { attend } from './attend.ts';
import { type Command, type MenuCommand, placeOf, type Services, type SlashCommand } from './command.ts';
import { labelsFor } from './labels.ts';
import { plainMessage, type Reply } from './render.ts';

/** Sends each interaction to what it is for. */
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

  dispatch(interaction: Interaction): Promise<void> {
    const request = {
      id: interaction.id,
      kind: kindOf(interaction),
      language: () => this.#services.languageFor(placeOf(interaction)),
      apologize: (message: Reply) => answerWith(interaction, message),
    };
    return attend(request, this.#services, this.#log, () => this.#route(interaction));
  }

  async #route(interaction: Interaction): Promise<void> {
    if (interaction.isChatInputCommand()) {
      const command = this.#slash.get(interaction.commandName);
      if (await this.#mayUse(interaction, command)) await command?.execute(interaction, this.#services);
    } else if (interaction.isAutocomplete()) await this.#slash.get(interaction.commandName)?.autocomplete?.(interaction, this.#services);
    else if (interaction.isMessageContextMenuCommand()) await this.#menus.get(interaction.commandName)?.menu(interaction, this.#services);
    else if (interaction.isButton() || interaction.isModalSubmit()) {
      const prefix = interaction.customId.split(':', 1)[0] ?? '';
      const command = this.#slash.get(prefix);
      if (prefix === ANSWER_PREFIX) await (interaction.isButton() ? pressAction(interaction, this.#services) : submitAction(interaction, this.#services));
      else if (await this.#mayUse(interaction, command)) {
        await (interaction.isButton() ? command?.button?.(interaction, this.#services) : command?.submit?.(interaction, this.#services));
      }
    }
  }

  /** Whether whoever uses a command may; if not they are told so. Checked here too, as what Discord lets through can be forged or changed by a server. */
  async #mayUse(interaction: RepliableInteraction, command: SlashCommand | undefined): Promise<boolean> {
    if (!command?.admin || interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild)) return true;
    const language = await this.#services.languageFor(placeOf(interaction));
    await interaction.reply({ ...plainMessage(labelsFor(language).admins, language), flags: MessageFlags.Ephemeral });
    return false;
  }
}

function kindOf(interaction: Interaction): string {
  if (interaction.isCommand() || interaction.isAutocomplete()) return `${interaction.isAutocomplete() ? 'autocomplete' : 'command'} ${interaction.commandName}`;
  return interaction.isModalSubmit() ? 'form' : 'button';
}

async function answerWith(interaction: Interaction, message: Reply): Promise<void> {
  if (interaction.isAutocomplete()) return interaction.responded ? undefined : interaction.respond([]);
  if (!interaction.isRepliable()) return;
  // A message that others see is not written over by what one person did to it.
  if (interaction.isMessageComponent() && interaction.deferred && !interaction.ephemeral)
    await interaction.followUp({ ...message, flags: MessageFlags.Ephemeral });
  else if (interaction.deferred) await interaction.editReply(message);
  else if (!interaction.replied) await interaction.reply({ ...message, flags: MessageFlags.Ephemeral });
}
