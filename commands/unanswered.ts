import { ApplicationCommandType, MessageFlags } from 'discord.js';
import { ADMINS, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { groupAlike, toCsv } from '../src/discord/unanswered.ts';
import { unansweredMessage } from '../src/discord/views.ts';

/** `/unanswered`: what stayed unanswered or got a 👎 on this server, alike questions together, all of it as a file. */
export const unanswered = {
  arabicName: 'بلا_جواب',
  admin: true,
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'unanswered',
    description: 'Questions that stayed unanswered or whose answer did not please · أسئلة بقيت بلا جواب',
    ...ADMINS,
  },
  async execute(interaction, services) {
    if (interaction.guildId === null) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const open = await services.records.openQuestions(interaction.guildId);
    await interaction.editReply(unansweredMessage(groupAlike(open), open.length, toCsv(open), await services.languageFor(placeOf(interaction))));
  },
} satisfies SlashCommand;
