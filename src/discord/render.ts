import { ActionRowBuilder, type APIApplicationCommandOptionChoice, type BaseMessageOptions, ButtonBuilder, ButtonStyle, EmbedBuilder } from 'discord.js';
import type { Answer, Citation } from '../answer/answer.ts';
import { readQuestion } from '../answer/question.ts';
import { paragraphLabel, type Wording, wordingFor } from '../answer/wording.ts';
import type { Document, Passage } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import { type Direction, directed, isolate, withoutBidiControls } from '../text/bidi.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import type { Span } from '../text/span.ts';
import type { About } from './command.ts';
import { LIMITS } from './limits.ts';

type Reply = Pick<BaseMessageOptions, 'content' | 'embeds' | 'components' | 'allowedMentions'>;

/** Green for an answer, amber for passages that only come near, grey where the report is silent. */
const COLOUR = { answered: 0x2e8b57, related: 0xe0a030, not_found: 0x808a94 } as const;
const PASSAGE_COLOUR = 0x3b6ea5;
/** A citation and its place take at most this much of a description, so that three fit. */
const CITATION_LENGTH = 1_300;
const PLACE_LENGTH = 160;
/** A message pings nobody, whatever it quotes. */
const NO_MENTIONS = { parse: [], repliedUser: false } as const;

/** An answer as a message: the quote first, its place under it. `showQuestion`: where others do not see what was asked. */
export function answerMessage(answer: Answer, showQuestion: boolean): Reply {
  const wording = wordingFor(answer.language);
  const direction = directionOf(answer.language);
  if (answer.status === 'invalid') return plainMessage(wording.refusal[answer.refusal ?? 'empty'], answer.language);
  const parts = [
    `**${directed(wording.status[answer.status], direction)}**`,
    ...answer.citations.map((citation) => citationText(citation, wording, direction)),
  ];
  const embed = new EmbedBuilder().setColor(COLOUR[answer.status]).setDescription(parts.join('\n\n'));
  if (showQuestion) embed.setTitle(question(answer, direction) || null);
  if (answer.status === 'answered') embed.setFooter({ text: directed(`${wording.confidence} ${Math.round(answer.confidence * 100)}%`, direction) });
  return { embeds: [embed], allowedMentions: NO_MENTIONS };
}

/** A sentence of the bot's own. */
export function plainMessage(text: string, language: Language | 'other'): Reply {
  return { content: directed(text, directionOf(language)), embeds: [], components: [], allowedMentions: NO_MENTIONS };
}

/** A paragraph of a report, with buttons to the ones before and after it. */
export function passageMessage(document: Document, passage: Passage, language: Language): Reply {
  const wording = wordingFor(language);
  const direction = directionOf(detectLanguage(passage.text) ?? 'ar');
  const [shown] = excerpt({ start: 0, end: passage.text.length }, passage.text, [], LIMITS.embedDescription - 8);
  const last = document.passages.length - 1;
  const embed = new EmbedBuilder()
    .setColor(PASSAGE_COLOUR)
    .setTitle(heading(document.title))
    .setDescription(lines(shown, direction))
    .setFooter({ text: directed(`${paragraphLabel(passage.number, wording)} / ${last}`, directionOf(language)) });
  const button = (label: string, to: number) =>
    new ButtonBuilder()
      .setCustomId(`passage:${documentKey(document)}:${to}`)
      .setLabel(label)
      .setStyle(ButtonStyle.Secondary)
      .setDisabled(to < 0 || to > last);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button(wording.previous, passage.number - 1), button(wording.next, passage.number + 1));
  return { embeds: [embed], components: [row], allowedMentions: NO_MENTIONS };
}

/** Report, model, index and version. */
export function aboutMessage(index: ReportIndex, about: About, language: Language): Reply {
  const { about: label } = wordingFor(language);
  const direction = directionOf(language);
  const reports = index.documents.slice(0, 10).map((document) => `• ${titleWithin(document.title, 200)} (${document.passages.length} ${label.passages})`);
  const rest = [
    `${label.model}: ${isolate(clean(cut(about.model, 100)))}`,
    `${label.index}: ${isolate(`${about.builtAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}`,
    `${label.version}: ${isolate(`Isnad ${about.version}`)}`,
  ];
  const text = [`**${label.reports}** (${index.documents.length})`, ...reports, '', ...rest].map((line) => directed(line, direction));
  return { embeds: [new EmbedBuilder().setColor(PASSAGE_COLOUR).setDescription(text.join('\n'))], allowedMentions: NO_MENTIONS };
}

/** A paragraph as an autocomplete choice. */
export function passageChoice(passage: Passage): APIApplicationCommandOptionChoice<number> {
  return {
    name: directed(cut(`¶${passage.number} ${oneLine(passage.text)}`, LIMITS.choiceName - 1), directionOf(detectLanguage(passage.text) ?? 'ar')),
    value: passage.number,
  };
}

/** A report as an autocomplete choice. */
export function documentChoice(document: Document): APIApplicationCommandOptionChoice<string> {
  return { name: directed(cut(oneLine(document.title), LIMITS.choiceName - 1), titleDirection(document.title)), value: documentKey(document) };
}

/** Short, lasting name of a report for custom_ids and choices, whatever its file is called. */
export function documentKey(document: Document): string {
  return sha256Of(document.id).slice(0, 16);
}

function citationText(citation: Citation, wording: Wording, direction: Direction): string {
  const [quote, cutOff] = excerpt(citation, citation.quote, citation.highlights, CITATION_LENGTH - PLACE_LENGTH);
  const quoteDirection = directionOf(detectLanguage(citation.quote) ?? 'ar');
  const place = `[${citation.n}] ${paragraphLabel(citation.passage, wording)} · ${titleWithin(citation.title, 100)}`;
  return `${lines(quote + (cutOff ? ' …' : ''), quoteDirection, '> ')}\n${directed(place, direction)}`;
}

/**
 * As much of a quote as fits, in Markdown with its highlights bold; whole words, from the start of the quote.
 *
 * @param span of the quote in its source; highlights are spans of the same
 * @param limit in characters, Markdown included
 * @returns the Markdown, and whether something was left out
 */
function excerpt(span: Span, quote: string, highlights: readonly Span[], limit: number): [text: string, cutOff: boolean] {
  const pieces: { text: string; bold: boolean }[] = [];
  let at = span.start;
  const add = (to: number, bold: boolean) => {
    for (const word of quote.slice(at - span.start, to - span.start).match(/\s*\S{1,200}|\s+$/gu) ?? []) pieces.push({ text: clean(word), bold });
    at = to;
  };
  for (const highlight of joined(highlights, quote, span.start)) {
    add(highlight.start, false);
    add(highlight.end, true);
  }
  add(span.end, false);
  let text = '';
  let bold = false;
  for (const piece of pieces) {
    const next = piece.bold === bold ? piece.text : bold ? `**${piece.text}` : `${/^\s*/u.exec(piece.text)?.[0] ?? ''}**${piece.text.trimStart()}`;
    if (text.length + next.length + 2 > limit) return [bold ? `${text}**` : text, true];
    text += next;
    bold = piece.bold;
  }
  return [bold ? `${text}**` : text, false];
}

/** Highlights with nothing but white space between them read as one. */
function joined(highlights: readonly Span[], quote: string, start: number): Span[] {
  const result: Span[] = [];
  for (const span of highlights) {
    const before = result.at(-1);
    if (before && /^\s*$/u.test(quote.slice(before.end - start, span.start - start))) result[result.length - 1] = { start: before.start, end: span.end };
    else result.push(span);
  }
  return result;
}

/** Each line of a text in one direction, behind a prefix (`> `). */
function lines(text: string, direction: Direction, prefix = ''): string {
  return text
    .split(/\r?\n/u)
    .map((line) => prefix + directed(line, direction))
    .join('\n');
}

function question(answer: Answer, direction: Direction): string {
  return directed(cut(clean(readQuestion(answer.question).text), LIMITS.embedTitle - 1), direction);
}

function heading(title: string): string {
  return directed(cut(clean(oneLine(title)), LIMITS.embedTitle - 1), titleDirection(title));
}

/** A title in a line of ours: neither turns the other, and the title runs as its language does, whatever name it begins with. */
function titleWithin(title: string, limit: number): string {
  return isolate(directed(clean(cut(title, limit)), titleDirection(title)));
}

function titleDirection(title: string): Direction {
  return directionOf(detectLanguage(title) ?? 'ar');
}

/** Characters that Discord's Markdown obeys anywhere, and those it obeys at the start of a line. */
const MARKUP = /[\\*_~`|[\]<]|(?<=^|\s)[-#>+]/gu;
/** Markdown is not read inside an address, and a backslash there would be part of it. */
const ADDRESS = /^https?:\/\/\S+$/u;

/**
 * Text of others, with nothing in it that Discord or the bidi algorithm would obey. It is escaped word by word, as it is cut, so marks
 * that only work in pairs (`[a b](…)`) are escaped one by one.
 */
function clean(text: string): string {
  return withoutBidiControls(text)
    .split(/(\s+)/u)
    .map((word) => (ADDRESS.test(word) ? word : word.replace(MARKUP, '\\$&')))
    .join('');
}

function oneLine(text: string): string {
  return withoutBidiControls(text).replace(/\s+/gu, ' ').trim();
}

/** At most `limit` UTF-16 units, an ellipsis included; a surrogate pair or an escape is never cut apart. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$|\\+$/u, '')}…`;
}

function directionOf(language: Language | 'other'): Direction {
  return language === 'ar' ? 'rtl' : 'ltr';
}
