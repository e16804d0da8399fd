import { ApplicationCommandOptionType, ApplicationCommandType, MessageFlags } from 'discord.js';
import { LONGEST_QUESTION } from '../src/answer/question.ts';
import { EVERYWHERE, PRIVATE_OPTION, placeOf, type Services, type SlashCommand, visibility } from '../src/discord/command.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { plainMessage, refusalMessage } from '../src/discord/render.ts';
import { ALL_REPORTS, REPORT_OPTION, respondWithReports } from '../src/discord/reports.ts';
import { hitsMessage } from '../src/discord/views.ts';

/** `/search text [report] [private]`: the passages nearest to a text, page by page. */
export const search = {
  arabicName: 'ابحث',
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'search',
    description: 'Find passages of the report · ابحث في التقرير',
    ...EVERYWHERE,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'text',
        description: 'What to look for · ما تبحث عنه',
        required: true,
        max_length: LONGEST_QUESTION,
      },
      REPORT_OPTION,
      PRIVATE_OPTION,
    ],
  },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    await interaction.deferReply(await visibility(place, interaction.options.getBoolean('private'), services));
    const text = interaction.options.getString('text', true);
    const result = await services.search(place, text, interaction.options.getString('report') ?? undefined);
    const { language, refusal, report } = result;
    if (refusal !== undefined) return void (await interaction.editReply(refusalMessage(refusal, language)));
    // Kept for the buttons, as a question is.
    const id = await services.records.remember({
      guild: place.guildId ?? undefined,
      user: interaction.user.id,
      language,
      status: 'answered',
      question: text,
      searched: text,
      report,
    });
    await interaction.editReply(page(result, id, 0));
  },
  async button(interaction, services: Services) {
    const [, id, number = '0'] = interaction.customId.split(':');
    const place = placeOf(interaction);
    const asked = await services.recall(place, id);
    const language = asked?.language ?? (await services.languageFor(place));
    if (!asked) return void (await interaction.reply({ ...plainMessage(labelsFor(language).expired, language), flags: MessageFlags.Ephemeral }));
    // Whoever searched turns the page for all to see; anybody else gets a page of their own.
    if (asked.user === interaction.user.id) await interaction.deferUpdate();
    else await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply(page(await services.search(place, asked.searched, asked.report ?? ALL_REPORTS), asked.id, Number(number)));
  },
  autocomplete: (interaction, services) => respondWithReports(interaction, services, true),
} satisfies SlashCommand;

function page(result: Awaited<ReturnType<Services['search']>>, id: string, number: number) {
  const labels = labelsFor(result.language);
  return hitsMessage(result, result.hits.length === 0 ? labels.nothingFound : labels.search, number, (to) => `search:${id}:${to}`);
}
