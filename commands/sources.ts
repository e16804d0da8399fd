import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { EVERYWHERE, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { sourcesMessage } from '../src/discord/views.ts';

/** `/sources`: reports, model, index, version. */
export const sources = {
  arabicName: 'المصادر',
  data: { type: ApplicationCommandType.ChatInput, name: 'sources', description: 'The reports I answer from · التقارير التي أجيب منها', ...EVERYWHERE },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    await interaction.reply({
      ...sourcesMessage(await services.indexFor(place), services.about, await services.languageFor(place)),
      flags: MessageFlags.Ephemeral,
    });
  },
} satisfies SlashCommand;
