import { ActionRowBuilder, type APIApplicationCommandOptionChoice, type BaseMessageOptions, ButtonBuilder, ButtonStyle, EmbedBuilder } from 'discord.js';
import type { Answer, Citation } from '../answer/answer.ts';
import { type Refusal, readQuestion } from '../answer/question.ts';
import { listedPassage, pageAndHeading, paragraphLabel, placeLabel, refusalText, wordingFor } from '../answer/wording.ts';
import type { Document, Passage } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import { type Direction, directed, directionOfText, eachDirected } from '../text/bidi.ts';
import type { Language } from '../text/language.ts';
import { type Action, actionId } from './actions.ts';
import { labelsFor } from './labels.ts';
import { LIMITS } from './limits.ts';
import { clean, cut, directionOf, excerpt, heading, lines, oneLine, plainTitleWithin, quoteBlock, titleWithin } from './markdown.ts';

/** A message of the bot. */
export type Reply = Pick<BaseMessageOptions, 'content' | 'embeds' | 'components' | 'allowedMentions'>;

/** Green for an answer, amber for passages that only come near, grey where the report is silent. */
const COLOUR = { answered: 0x2e8b57, related: 0xe0a030, not_found: 0x808a94 } as const;
export const PASSAGE_COLOUR = 0x3b6ea5;
/** A citation, its place and its translation take at most this much of a description, so that three fit. */
const CITATION_LENGTH = 1_300;
const PLACE_LENGTH = 160;
const HEADING_LENGTH = 60;
/** In a choice, where the text is to be read too. */
const CHOICE_HEADING_LENGTH = 30;
const TRANSLATION_LENGTH = 400;
/** A message pings nobody, whatever it quotes. */
export const NO_MENTIONS = { parse: [], repliedUser: false } as const;

/**
 * An answer as a message: the quote first, its place under it, then its buttons.
 *
 * @param showQuestion where others do not see what was asked
 * @param id of the question, which the buttons carry; without one there are none
 */
export function answerMessage(answer: Answer, showQuestion: boolean, id?: string): Reply {
  if (answer.status === 'invalid') return refusalMessage(answer.refusal ?? 'empty', answer.language);
  const wording = wordingFor(answer.language);
  const direction = directionOf(answer.language);
  const parts = [
    `**${directed(wording.status[answer.status], direction)}**`,
    ...answer.citations.map((citation) => citationText(citation, answer.language, direction)),
    // What answers says where it stands.
    ...(answer.within && answer.status !== 'answered' ? [directed(wording.within(titleWithin(answer.within.title, 100)), direction)] : []),
  ];
  const embed = new EmbedBuilder().setColor(COLOUR[answer.status]).setDescription(parts.join('\n\n'));
  if (showQuestion) embed.setTitle(directed(cut(clean(readQuestion(answer.question).text), LIMITS.embedTitle - 1), direction) || null);
  if (answer.status === 'answered') embed.setFooter({ text: directed(`${wording.confidence} ${Math.round(answer.confidence * 100)}%`, direction) });
  return { embeds: [embed], allowedMentions: NO_MENTIONS, ...(id !== undefined && { components: answerButtons(answer, id) }) };
}

/** Two rows: what can be done with an answer, and what one thinks of it. */
function answerButtons({ citations, language }: Answer, id: string): ActionRowBuilder<ButtonBuilder>[] {
  const labels = labelsFor(language).buttons;
  const translated = language === 'ar' && citations.some(({ translation }) => translation !== undefined);
  const actions: readonly Action[] = [
    ...(citations.length > 0 ? (['context'] as const) : []),
    'more',
    ...(translated ? (['translation'] as const) : []),
    'followUp',
    ...(citations.length > 0 ? (['image'] as const) : []),
  ];
  const row = (names: readonly Action[]) =>
    new ActionRowBuilder<ButtonBuilder>().addComponents(
      names.map((name) => new ButtonBuilder().setCustomId(actionId(id, name)).setLabel(labels[name]).setStyle(ButtonStyle.Secondary)),
    );
  return [row(actions), row(['good', 'bad'])];
}

/** A sentence of the bot's own. */
export function plainMessage(text: string, language: Language | 'other'): Reply {
  return contentMessage(lines(text, directionOf(language)));
}

/** Sentences of the bot's own in both languages, one a line: for whoever reads either. */
export function bilingualMessage(text: string): Reply {
  return contentMessage(eachDirected(text));
}

/** Why nothing was searched for. */
export function refusalMessage(refusal: Refusal, language: Language | 'other'): Reply {
  return bilingualMessage(refusalText(refusal, language));
}

function contentMessage(content: string): Reply {
  return { content, embeds: [], components: [], allowedMentions: NO_MENTIONS };
}

/**
 * A paragraph of a report, with buttons to the ones before and after it.
 *
 * @param citation a quote in it that stands out
 */
export function passageMessage(document: Document, passage: Passage, language: Language, citation?: Citation): Reply {
  const direction = directionOfText(passage.text);
  const translated = translationLine(passage.translation, language, LIMITS.embedDescription / 2);
  const limit = LIMITS.embedDescription - translated.join('').length - 10;
  const [shown] = excerpt(passage, passage.text, { highlights: citation ? [citation] : [] }, limit);
  const last = document.passages.length - 1;
  const wording = wordingFor(language);
  const where = pageAndHeading(passage.place, wording, (title) => plainTitleWithin(title, HEADING_LENGTH));
  const embed = new EmbedBuilder()
    .setColor(PASSAGE_COLOUR)
    .setTitle(heading(document.title) || null)
    .setDescription([lines(shown, direction), ...translated].join('\n\n'))
    .setFooter({ text: directed(`${paragraphLabel(passage.number, wording)} / ${last}${where}`, directionOf(language)) });
  const row = turningButtons(passage.number, last, language, (to) => `passage:${documentKey(document)}:${to}`);
  return { embeds: [embed], components: [row], allowedMentions: NO_MENTIONS };
}

/**
 * Buttons to what comes before and after, off where nothing does.
 *
 * @param at what is shown, from 0 to `last`
 * @param customId of the button that shows another
 */
export function turningButtons(at: number, last: number, language: Language | 'other', customId: (to: number) => string): ActionRowBuilder<ButtonBuilder> {
  const labels = labelsFor(language).buttons;
  const button = (label: string, to: number) =>
    new ButtonBuilder()
      .setCustomId(customId(to))
      .setLabel(label)
      .setStyle(ButtonStyle.Secondary)
      .setDisabled(to < 0 || to > last);
  return new ActionRowBuilder<ButtonBuilder>().addComponents(button(labels.previous, at - 1), button(labels.next, at + 1));
}

/** A paragraph as an autocomplete choice. */
export function passageChoice(passage: Passage): APIApplicationCommandOptionChoice<number> {
  const line = listedPassage({ ...passage, text: oneLine(passage.text) }, (title) => plainTitleWithin(title, CHOICE_HEADING_LENGTH));
  return { name: directed(cut(line, LIMITS.choiceName - 1), directionOfText(passage.text)), value: passage.number };
}

/** A report as an autocomplete choice. */
export function documentChoice(document: Document): APIApplicationCommandOptionChoice<string> {
  return { name: directed(cut(oneLine(document.title), LIMITS.choiceName - 1), directionOfText(document.title)), value: documentKey(document) };
}

/** Short, lasting name of a report for custom_ids and choices, whatever its file is called. */
export function documentKey({ id }: Pick<Document, 'id'>): string {
  return sha256Of(id).slice(0, 16);
}

/** Paragraph, page and heading of a citation, in a line of ours. */
export function placeText({ passage, place }: Pick<Citation, 'passage' | 'place'>, language: Language | 'other'): string {
  return placeLabel(passage, place, wordingFor(language), (heading) => titleWithin(oneLine(heading), HEADING_LENGTH));
}

/** The quote, its place, and for whoever asked in English the English of its paragraph. */
function citationText(citation: Citation, language: Language | 'other', direction: Direction): string {
  const { n, title, translation } = citation;
  const label = placeText(citation, language);
  const translated = translationLine(translation, language, TRANSLATION_LENGTH);
  const limit = CITATION_LENGTH - PLACE_LENGTH - (citation.place ? label.length : 0) - (translated.length > 0 ? TRANSLATION_LENGTH : 0);
  const place = `[${n}] ${label} · ${titleWithin(title, 100)}`;
  return [quoteBlock(citation, citation.quote, citation, limit), directed(place, direction), ...translated].join('\n');
}

/**
 * The English of a paragraph as a line under it, for those who read English; no line where there is none or it is not needed.
 *
 * @param limit of the whole line, in characters
 */
export function translationLine(translation: string | undefined, language: Language | 'other', limit: number): string[] {
  if (language !== 'en' || translation === undefined) return [];
  const label = `${wordingFor(language).translation}: `;
  const [text, cutOff] = excerpt({ start: 0, end: translation.length }, translation, { highlights: [] }, limit - label.length - 2);
  return [`${label}${oneLine(text)}${cutOff ? ' …' : ''}`];
}
