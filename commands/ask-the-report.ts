import { ApplicationCommandType, ApplicationIntegrationType, InteractionContextType } from 'discord.js';
import type { MenuCommand } from '../src/discord/command.ts';
import { answerMessage } from '../src/discord/render.ts';

/** Message menu: takes somebody's message as the question. */
export const askTheReport = {
  data: {
    type: ApplicationCommandType.Message,
    name: 'Ask the report',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  },
  async menu(interaction, services) {
    await interaction.deferReply();
    const answer = await services.answer({ channelId: interaction.channelId, userId: interaction.user.id }, interaction.targetMessage.content);
    await interaction.editReply(answerMessage(answer, true));
  },
} satisfies MenuCommand;
