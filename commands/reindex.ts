import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { ADMINS, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { plainMessage } from '../src/discord/render.ts';
import { UserError } from '../src/errors.ts';

/** `/reindex`: reads the reports again, those that could not be read too; questions are answered from the old index until the new one is there. */
export const reindex = {
  arabicName: 'أعد_الفهرسة',
  admin: true,
  data: { type: ApplicationCommandType.ChatInput, name: 'reindex', description: 'Read the reports again · اقرأ التقارير من جديد', ...ADMINS },
  async execute(interaction, services) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const language = await services.languageFor(placeOf(interaction));
    try {
      const { built, skipped, passages } = await services.reload(true);
      const lines = [labelsFor(language).reindexed(passages, built), ...skipped];
      await interaction.editReply(plainMessage(lines.join('\n').slice(0, 1_900), language));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await interaction.editReply(plainMessage(error.message, 'en'));
    }
  },
} satisfies SlashCommand;
