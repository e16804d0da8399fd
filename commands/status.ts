import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { ADMINS, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { statusMessage } from '../src/discord/views.ts';

/** `/status`: index, questions, latency, memory. */
export const status = {
  arabicName: 'الحالة',
  admin: true,
  data: { type: ApplicationCommandType.ChatInput, name: 'status', description: 'Index, questions, latency, memory · حالة البوت', ...ADMINS },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    const { about, metrics } = services;
    await interaction.reply({
      ...statusMessage(await services.indexFor(place), about, metrics, process.memoryUsage.rss(), await services.languageFor(place)),
      flags: MessageFlags.Ephemeral,
    });
  },
} satisfies SlashCommand;
