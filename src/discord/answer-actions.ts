import { AttachmentBuilder, type ButtonInteraction, MessageFlags, type ModalSubmitInteraction } from 'discord.js';
import type { Answer } from '../answer/answer.ts';
import { LONGEST_QUESTION } from '../answer/question.ts';
import type { AskedQuestion } from '../storage/records.ts';
import type { Language } from '../text/language.ts';
import { type Action, actionId, parseAction } from './actions.ts';
import { type Place, placeOf, type Services } from './command.ts';
import { form } from './form.ts';
import { labelsFor } from './labels.ts';
import { LIMITS } from './limits.ts';
import { answerMessage, passageMessage, plainMessage } from './render.ts';
import { ALL_REPORTS } from './reports.ts';
import { hitsMessage, translationMessage } from './views.ts';

const LONGEST_REASON = 500;

/**
 * A button under an answer. What it shows is for whoever pressed it alone, so that anybody may press and nobody's screen changes; only the asker may
 * share the answer as a picture, for all to see.
 */
export async function pressAction(interaction: ButtonInteraction, services: Services): Promise<void> {
  const { id, action, page } = parseAction(interaction.customId);
  const asked = await services.recall(placeOf(interaction), id);
  if (!asked || !action) return tellExpired(interaction, services);
  const labels = labelsFor(asked.language);
  if (action === 'good') {
    const kept = await services.records.vote(asked.id, interaction.user.id, true, '');
    return tell(interaction, kept ? labels.thanks : labels.notKept, asked.language);
  }
  if (action === 'bad') {
    await services.records.vote(asked.id, interaction.user.id, false, '');
    return interaction.showModal(
      form(interaction.customId, labels.reasonTitle, [{ id: 'text', label: labels.reasonField, maxLength: LONGEST_REASON, required: false }]),
    );
  }
  if (action === 'followUp')
    return interaction.showModal(
      form(interaction.customId, labels.followUpTitle, [{ id: 'text', label: labels.followUpField, maxLength: LONGEST_QUESTION, required: true }]),
    );
  // A page is turned in place only where one person sees it: a forged id must not change what all see.
  if (action === 'more' && page !== undefined && interaction.message.flags.has(MessageFlags.Ephemeral)) await interaction.deferUpdate();
  else if (action === 'image' && asked.user !== interaction.user.id) return tell(interaction, labels.notYours, asked.language);
  else await interaction.deferReply(action === 'image' && !interaction.message.flags.has(MessageFlags.Ephemeral) ? {} : { flags: MessageFlags.Ephemeral });
  await show(interaction, asked, action, page ?? 0, services);
}

/** A form that a button under an answer opened. */
export async function submitAction(interaction: ModalSubmitInteraction, services: Services): Promise<void> {
  const { id, action } = parseAction(interaction.customId);
  const asked = await services.recall(placeOf(interaction), id);
  if (!asked || (action !== 'followUp' && action !== 'bad')) return tellExpired(interaction, services);
  const text = interaction.fields.getTextInputValue('text');
  if (action === 'followUp') {
    const ephemeral = interaction.message?.flags.has(MessageFlags.Ephemeral) ?? false;
    await interaction.deferReply(ephemeral ? { flags: MessageFlags.Ephemeral } : {});
    const next = await services.answer(placeOf(interaction), text, asked.report ?? ALL_REPORTS, asked.searched);
    await interaction.editReply(answerMessage(next.answer, true, next.id));
    return;
  }
  const labels = labelsFor(asked.language);
  const kept = await services.records.vote(asked.id, interaction.user.id, false, text.trim());
  await tell(interaction, kept ? labels.thanks : labels.notKept, asked.language);
}

async function show(interaction: ButtonInteraction, asked: AskedQuestion, action: Action, page: number, services: Services): Promise<void> {
  const place = placeOf(interaction);
  const labels = labelsFor(asked.language);
  if (action === 'more') {
    const result = await services.search(place, asked.searched, asked.report ?? ALL_REPORTS);
    await interaction.editReply(hitsMessage({ ...result, language: asked.language }, labels.search, page, (to) => actionId(asked.id, 'more', to)));
    return;
  }
  const answer = await services.again(place, asked);
  const [citation] = answer.citations;
  if (!citation) return void (await interaction.editReply(plainMessage(labels.expired, asked.language)));
  const language: Language = asked.language === 'ar' ? 'ar' : 'en';
  if (action === 'translation') await interaction.editReply(translationMessage(answer.citations, asked.language));
  else if (action === 'image') await interaction.editReply(await picture(place, { ...answer, question: asked.question }, services));
  else {
    const { documents } = await services.indexFor(place);
    const document = documents.find((d) => d.id === citation.document);
    const passage = document?.passages[citation.passage];
    await interaction.editReply(document && passage ? passageMessage(document, passage, language, citation) : plainMessage(labels.expired, asked.language));
  }
}

/** The first citation as a picture, its quote as the text for those who don't see it. */
async function picture(place: Place, answer: Answer, services: Services) {
  const [citation] = answer.citations;
  const png = await services.drawCard(place, answer);
  if (!citation || !png) throw new Error('An answer without a citation has no picture.');
  const description = citation.quote.slice(0, LIMITS.attachmentDescription);
  return { files: [new AttachmentBuilder(Buffer.from(png), { name: `isnad-${citation.passage}.png`, description })], allowedMentions: { parse: [] } };
}

async function tellExpired(interaction: ButtonInteraction | ModalSubmitInteraction, services: Services): Promise<void> {
  const language = await services.languageFor(placeOf(interaction));
  await tell(interaction, labelsFor(language).expired, language);
}

async function tell(interaction: ButtonInteraction | ModalSubmitInteraction, text: string, language: Language | 'other'): Promise<void> {
  await interaction.reply({ ...plainMessage(text, language), flags: MessageFlags.Ephemeral });
}
