import { ApplicationCommandOptionType, ApplicationCommandType, MessageFlags } from 'discord.js';
import { wordingFor } from '../src/answer/wording.ts';
import { EVERYWHERE, PRIVATE_OPTION, placeOf, type SlashCommand, turnPage, visibility } from '../src/discord/command.ts';
import { LIMITS } from '../src/discord/limits.ts';
import { passageChoice, passageMessage, plainMessage } from '../src/discord/render.ts';
import { chosenReport, documentFor, REPORT_OPTION, respondWithReports } from '../src/discord/reports.ts';

/** `/passage number [report]`: a paragraph in its place, with buttons to its neighbours. */
export const passage = {
  arabicName: 'فقرة',
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'passage',
    description: 'Show a paragraph of the report · اعرض فقرة من التقرير',
    ...EVERYWHERE,
    options: [
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'number',
        description: 'Paragraph, 0 is the title · رقم الفقرة، 0 للعنوان',
        required: true,
        autocomplete: true,
      },
      REPORT_OPTION,
      PRIVATE_OPTION,
    ],
  },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    const language = await services.languageFor(place);
    const wording = wordingFor(language);
    const document = await chosenReport(interaction, services, await services.indexFor(place));
    const found = document?.passages[interaction.options.getInteger('number', true)];
    if (document && found) {
      await interaction.reply({
        ...passageMessage(document, found, language),
        ...(await visibility(place, interaction.options.getBoolean('private'), services)),
      });
      return;
    }
    const why = document ? wording.noPassage(document.passages.length - 1) : wording.noReport;
    await interaction.reply({ ...plainMessage(why, language), flags: MessageFlags.Ephemeral });
  },
  async autocomplete(interaction, services) {
    const focused = interaction.options.getFocused(true);
    if (focused.name === 'report') return respondWithReports(interaction, services);
    const typed = focused.value.trim();
    const document = await chosenReport(interaction, services, await services.indexFor(placeOf(interaction)));
    const passages = document?.passages ?? [];
    const fitting = passages.filter((p) => String(p.number).startsWith(typed) || (typed !== '' && p.text.includes(typed)));
    await interaction.respond(fitting.slice(0, LIMITS.choices).map(passageChoice));
  },
  async button(interaction, services) {
    const [, key, number] = interaction.customId.split(':');
    const place = placeOf(interaction);
    const language = await services.languageFor(place);
    const document = documentFor(await services.indexFor(place), key ?? '');
    const found = document?.passages[Number(number)];
    if (!document || !found) {
      await interaction.reply({ ...plainMessage(wordingFor(language).noReport, language), flags: MessageFlags.Ephemeral });
      return;
    }
    await turnPage(interaction, passageMessage(document, found, language));
  },
} satisfies SlashCommand;
