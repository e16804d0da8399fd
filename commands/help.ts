import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { EVERYWHERE, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { helpMessage } from '../src/discord/views.ts';

/** `/help`: what there is, and the language the bot speaks with whoever asks. */
export const help = {
  arabicName: 'مساعدة',
  data: { type: ApplicationCommandType.ChatInput, name: 'help', description: 'How to ask, and in which language I speak · كيف تسأل', ...EVERYWHERE },
  async execute(interaction, services) {
    await interaction.reply({ ...helpMessage(services.commands, await services.languageFor(placeOf(interaction))), flags: MessageFlags.Ephemeral });
  },
  async button(interaction, services) {
    const chosen = interaction.customId === 'help:ar' ? 'ar' : 'en';
    await services.records.chooseLanguage(interaction.user.id, chosen);
    await interaction.update(helpMessage(services.commands, chosen));
  },
} satisfies SlashCommand;
