import { ApplicationCommandOptionType, ApplicationCommandType, type ChatInputCommandInteraction, MessageFlags, type ModalSubmitInteraction } from 'discord.js';
import { wordingFor } from '../src/answer/wording.ts';
import { ADMINS, type Place, placeOf, type Services, type SlashCommand } from '../src/discord/command.ts';
import { form } from '../src/discord/form.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { titleWithin } from '../src/discord/markdown.ts';
import { documentKey, plainMessage } from '../src/discord/render.ts';
import { choicesOf, documentFor, REPORT_OPTION } from '../src/discord/reports.ts';
import { isOwn, type Proposal, READABLE, type Refused } from '../src/discord/server-reports.ts';
import { proposalMessage, refusedText } from '../src/discord/views.ts';
import type { Language } from '../src/text/language.ts';

/** UTF-16 code units that Discord lets a field of a form hold. */
const LONGEST_TEXT = 4_000;
const LONGEST_TITLE = 200;

/** `/report add [file]`, `/report remove report`, `/report channel [report]`: what this server is answered from besides, and what a channel is about. */
export const report = {
  arabicName: 'تقرير',
  admin: true,
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'report',
    description: "This server's own reports, and the one a channel is about · تقارير هذا الخادم",
    ...ADMINS,
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'add',
        description: 'Answer from a report here too: a file, or without one a text · أضف تقريرا',
        options: [
          {
            type: ApplicationCommandOptionType.Attachment,
            name: 'file',
            description: `${READABLE.join(' ')} · ملف التقرير`,
          },
        ],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'remove',
        description: "No longer answer from one of this server's reports · احذف تقريرا",
        options: [{ ...REPORT_OPTION, description: "One of this server's own · من تقارير هذا الخادم", required: true }],
      },
      {
        type: ApplicationCommandOptionType.Subcommand,
        name: 'channel',
        description: 'What questions in this channel are about; without a report, all · تقرير هذه القناة',
        options: [REPORT_OPTION],
      },
    ],
  },
  async execute(interaction, services) {
    const place = placeOf(interaction);
    const language = await services.languageFor(place);
    const labels = labelsFor(language).reports;
    const subcommand = interaction.options.getSubcommand();
    if (subcommand === 'channel') return chooseForChannel(interaction, place, language, services);
    if (subcommand === 'remove') return remove(interaction, place, language, services);
    if (services.reports.most === 0) return void (await interaction.reply({ ...plainMessage(labels.off, language), flags: MessageFlags.Ephemeral }));
    const file = interaction.options.getAttachment('file');
    if (!file) return void (await interaction.showModal(textForm(language)));
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    if (interaction.guildId !== null) await show(interaction, await services.reports.proposeFile(interaction.guildId, file), language);
  },
  async submit(interaction, services) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    const { guildId, fields } = interaction;
    if (guildId === null) return;
    const proposal = await services.reports.proposeText(guildId, fields.getTextInputValue('title'), fields.getTextInputValue('text'));
    await show(interaction, proposal, await services.languageFor(placeOf(interaction)));
  },
  async button(interaction, services) {
    const [, action, proposal = '', replaced] = interaction.customId.split(':');
    const { guildId } = interaction;
    if (guildId === null) return;
    const language = await services.languageFor(placeOf(interaction));
    const labels = labelsFor(language).reports;
    // Building its index takes the longer the more passages it has.
    await interaction.deferUpdate();
    const say = (text: string) => interaction.editReply(plainMessage(text, language));
    if (action === 'cancel') {
      await services.reports.cancel(guildId, proposal);
      await say(labels.cancelled);
    } else if (action === 'add') {
      const added = await services.reports.confirm(guildId, proposal, replaced === undefined ? undefined : (document) => documentKey(document) === replaced);
      await say('why' in added ? refusedText(added, language) : labels.added(titleIn(added), added.passages.length));
    }
  },
  async autocomplete(interaction, services) {
    const { documents } = await services.indexFor(placeOf(interaction));
    const shown = interaction.options.getSubcommand() === 'remove' ? documents.filter(isOwn) : documents;
    await interaction.respond(choicesOf(shown, interaction.options.getFocused()));
  },
} satisfies SlashCommand;

async function show(interaction: ChatInputCommandInteraction | ModalSubmitInteraction, proposal: Proposal | Refused, language: Language): Promise<void> {
  await interaction.editReply('why' in proposal ? plainMessage(refusedText(proposal, language), language) : proposalMessage(proposal, language));
}

async function remove(interaction: ChatInputCommandInteraction, place: Place, language: Language, services: Services): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const labels = labelsFor(language).reports;
  const document = documentFor(await services.indexFor(place), interaction.options.getString('report', true));
  const own = document && isOwn(document) && place.guildId !== null;
  const removed = own && (await services.reports.remove(place.guildId, document));
  const text = !own ? labels.notOwn : removed ? labels.removed(titleIn(document)) : labelsFor(language).notKept;
  await interaction.editReply(plainMessage(text, language));
}

/** Remembers what a channel is about; its threads go with it. */
async function chooseForChannel(interaction: ChatInputCommandInteraction, place: Place, language: Language, services: Services): Promise<void> {
  const { guildId, channelId } = interaction;
  if (guildId === null) return;
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const labels = labelsFor(language);
  const named = interaction.options.getString('report');
  const document = named === null ? undefined : documentFor(await services.indexFor(place), named);
  if (named !== null && !document) return void (await interaction.editReply(plainMessage(wordingFor(language).noReport, language)));
  const before = await services.records.serverSettings(guildId);
  const { [channelId]: _, ...others } = before.channelReports;
  const channelReports = document ? { ...others, [channelId]: documentKey(document) } : others;
  const kept = await services.records.changeServerSettings(guildId, { ...before, channelReports });
  const text = !kept ? labels.notKept : document ? labels.reports.channel(titleIn(document)) : labels.reports.everyReport;
  await interaction.editReply(plainMessage(text, language));
}

function titleIn({ title }: { readonly title: string }): string {
  return titleWithin(title, LONGEST_TITLE);
}

function textForm(language: Language) {
  const { addTitle, titleField, textField } = labelsFor(language).reports;
  return form('report:text', addTitle, [
    { id: 'title', label: titleField, maxLength: LONGEST_TITLE, required: true, oneLine: true },
    { id: 'text', label: textField, maxLength: LONGEST_TEXT, required: true },
  ]);
}
