import { ApplicationCommandType, type ButtonInteraction, type ChatInputCommandInteraction, MessageFlags } from 'discord.js';
import { EVERYWHERE, placeOf, type Services, type SlashCommand, turnPage } from '../src/discord/command.ts';
import type { Reply } from '../src/discord/render.ts';
import { sourcesMessage } from '../src/discord/views.ts';

/** `/sources`: reports, page by page; model, index, version. */
export const sources = {
  arabicName: 'المصادر',
  data: { type: ApplicationCommandType.ChatInput, name: 'sources', description: 'The reports I answer from · التقارير التي أجيب منها', ...EVERYWHERE },
  async execute(interaction, services) {
    await interaction.reply({ ...(await page(interaction, services, 0)), flags: MessageFlags.Ephemeral });
  },
  async button(interaction, services) {
    const [, number] = interaction.customId.split(':');
    await turnPage(interaction, await page(interaction, services, Number(number)));
  },
} satisfies SlashCommand;

async function page(interaction: ChatInputCommandInteraction | ButtonInteraction, services: Services, number: number): Promise<Reply> {
  const place = placeOf(interaction);
  return sourcesMessage(await services.indexFor(place), services.about, await services.languageFor(place), number);
}
