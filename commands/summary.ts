import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js';
import { keySentences } from '../src/answer/summary.ts';
import { wordingFor } from '../src/answer/wording.ts';
import { EVERYWHERE, PRIVATE_OPTION, placeOf, type SlashCommand, visibility } from '../src/discord/command.ts';
import { plainMessage } from '../src/discord/render.ts';
import { chosenReport, REPORT_OPTION, respondWithReports } from '../src/discord/reports.ts';
import { summaryMessage } from '../src/discord/views.ts';

const SENTENCES = 5;
const MOST_SENTENCES = 10;

/** `/summary [sentences] [report]`: the report's key sentences, verbatim. */
export const summary = {
  arabicName: 'ملخص',
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'summary',
    description: "The report's key sentences, verbatim · أهم جمل التقرير بنصها",
    ...EVERYWHERE,
    options: [
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'sentences',
        description: `How many, ${SENTENCES} by default · عددها`,
        min_value: 1,
        max_value: MOST_SENTENCES,
      },
      REPORT_OPTION,
      PRIVATE_OPTION,
    ],
  },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    const language = await services.languageFor(place);
    const index = await services.indexFor(place);
    const document = await chosenReport(interaction, services, index);
    const seen = await visibility(place, interaction.options.getBoolean('private'), services);
    if (!document) return void (await interaction.reply({ ...plainMessage(wordingFor(language).noReport, language), ...seen }));
    const sentences = await keySentences(document, index, interaction.options.getInteger('sentences') ?? SENTENCES);
    await interaction.reply({ ...summaryMessage(document, sentences, language), ...seen });
  },
  autocomplete: (interaction, services) => respondWithReports(interaction, services),
} satisfies SlashCommand;
