import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { EVERYWHERE, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { plainMessage } from '../src/discord/render.ts';
import { privacyMessage } from '../src/discord/views.ts';

/** `/privacy`: what is kept of whoever asks, and its deletion. */
export const privacy = {
  arabicName: 'خصوصيتي',
  data: { type: ApplicationCommandType.ChatInput, name: 'privacy', description: 'What is kept of you, and its deletion · المحفوظ عنك وحذفه', ...EVERYWHERE },
  async execute(interaction, services) {
    const kept = await services.records.keptOf(interaction.user.id);
    const message = privacyMessage(kept, services.records.retentionDays, await services.languageFor(placeOf(interaction)));
    await interaction.reply({ ...message, flags: MessageFlags.Ephemeral });
  },
  async button(interaction, services) {
    const language = await services.languageFor(placeOf(interaction));
    const labels = labelsFor(language);
    await interaction.update(plainMessage((await services.records.forget(interaction.user.id)) ? labels.deleted : labels.notDeleted, language));
  },
} satisfies SlashCommand;
