import { ApplicationCommandOptionType, ApplicationCommandType, ApplicationIntegrationType, InteractionContextType, MessageFlags } from 'discord.js';
import { LONGEST_QUESTION } from '../src/answer/question.ts';
import type { SlashCommand } from '../src/discord/command.ts';
import { answerMessage } from '../src/discord/render.ts';

/** `/ask question [private]` */
export const ask = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'ask',
    description: 'Ask what the report says · اسأل عما جاء في التقرير',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'question',
        description: 'In Arabic or English · بالعربية أو الإنجليزية',
        required: true,
        max_length: LONGEST_QUESTION,
      },
      { type: ApplicationCommandOptionType.Boolean, name: 'private', description: 'Show the answer to you alone · لك وحدك' },
    ],
  },
  async execute(interaction, services) {
    // Whether only the asker sees the answer is decided here, once: Discord never lets it be changed.
    await interaction.deferReply(interaction.options.getBoolean('private') ? { flags: MessageFlags.Ephemeral } : {});
    const answer = await services.answer({ channelId: interaction.channelId, userId: interaction.user.id }, interaction.options.getString('question', true));
    await interaction.editReply(answerMessage(answer, true));
  },
} satisfies SlashCommand;
