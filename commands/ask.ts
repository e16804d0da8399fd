import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js';
import { LONGEST_QUESTION } from '../src/answer/question.ts';
import { EVERYWHERE, PRIVATE_OPTION, placeOf, type SlashCommand, visibility } from '../src/discord/command.ts';
import { answerMessage } from '../src/discord/render.ts';
import { REPORT_OPTION, respondWithReports } from '../src/discord/reports.ts';

/** `/ask question [report] [private]` */
export const ask = {
  arabicName: 'اسأل',
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'ask',
    description: 'Ask what the report says · اسأل عما جاء في التقرير',
    ...EVERYWHERE,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'question',
        description: 'In Arabic or English · بالعربية أو الإنجليزية',
        required: true,
        max_length: LONGEST_QUESTION,
      },
      REPORT_OPTION,
      PRIVATE_OPTION,
    ],
  },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    // Whether only the asker sees the answer is decided here, once: Discord never lets it be changed.
    await interaction.deferReply(await visibility(place, interaction.options.getBoolean('private'), services));
    const { answer, id } = await services.answer(place, interaction.options.getString('question', true), interaction.options.getString('report') ?? undefined);
    await interaction.editReply(answerMessage(answer, true, id));
  },
  autocomplete: (interaction, services) => respondWithReports(interaction, services, true),
} satisfies SlashCommand;
