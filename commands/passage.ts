import { ApplicationCommandOptionType, ApplicationCommandType, ApplicationIntegrationType, InteractionContextType, MessageFlags } from 'discord.js';
import { wordingFor } from '../src/answer/wording.ts';
import type { Services, SlashCommand } from '../src/discord/command.ts';
import { LIMITS } from '../src/discord/limits.ts';
import { documentChoice, documentKey, passageChoice, passageMessage, plainMessage } from '../src/discord/render.ts';
import { detectLanguage, type Language } from '../src/text/language.ts';

/** `/passage number [report]`: a paragraph in its place, with buttons to its neighbours. */
export const passage = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'passage',
    description: 'Show a paragraph of the report · اعرض فقرة من التقرير',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
    options: [
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'number',
        description: 'Paragraph, 0 is the title · رقم الفقرة، 0 للعنوان',
        required: true,
        autocomplete: true,
      },
      { type: ApplicationCommandOptionType.String, name: 'report', description: 'Report, if there are several · التقرير', autocomplete: true },
    ],
  },
  async execute(interaction, services) {
    const document = documentFor(services, interaction.options.getString('report'));
    const number = interaction.options.getInteger('number', true);
    const found = document?.passages[number];
    if (!document || !found) {
      const language = languageOf(services);
      await interaction.reply({
        ...plainMessage(wordingFor(language).noPassage((document?.passages.length ?? 1) - 1), language),
        flags: MessageFlags.Ephemeral,
      });
      return;
    }
    await interaction.reply(passageMessage(document, found, languageOf(services)));
  },
  async autocomplete(interaction, services) {
    const focused = interaction.options.getFocused(true);
    const typed = String(focused.value).trim();
    if (focused.name === 'report') {
      const fitting = services.index.documents.filter((document) => document.title.includes(typed));
      await interaction.respond(fitting.slice(0, LIMITS.choices).map(documentChoice));
      return;
    }
    const passages = documentFor(services, interaction.options.getString('report'))?.passages ?? [];
    const fitting = passages.filter((p) => String(p.number).startsWith(typed) || (typed !== '' && p.text.includes(typed)));
    await interaction.respond(fitting.slice(0, LIMITS.choices).map(passageChoice));
  },
  async button(interaction, services) {
    const [, key, number] = interaction.customId.split(':');
    const document = services.index.documents.find((d) => documentKey(d) === key);
    const found = document?.passages[Number(number)];
    const language = languageOf(services);
    if (document && found) await interaction.update(passageMessage(document, found, language));
    else
      await interaction.reply({
        ...plainMessage(wordingFor(language).noPassage((document?.passages.length ?? 1) - 1), language),
        flags: MessageFlags.Ephemeral,
      });
  },
} satisfies SlashCommand;

/** The report of a choice, or of a title typed in full; the first one when none was asked for. */
function documentFor({ index }: Services, report: string | null) {
  if (report === null) return index.documents[0];
  return index.documents.find((document) => documentKey(document) === report || document.title === report);
}

/** No question tells a language here: the labels are in that of the report. */
function languageOf({ index }: Services): Language {
  return detectLanguage(index.documents[0]?.title ?? '') === 'en' ? 'en' : 'ar';
}
