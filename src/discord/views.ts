import { ActionRowBuilder, AttachmentBuilder, type BaseMessageOptions, ButtonBuilder, ButtonStyle, EmbedBuilder } from 'discord.js';
import type { Citation, Hit, SearchResult } from '../answer/answer.ts';
import type { KeySentence } from '../answer/summary.ts';
import { wordingFor } from '../answer/wording.ts';
import type { Document } from '../corpus/document.ts';
import { inWords } from '../corpus/formats/unreadable.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { KeptOfUser, ServerSettings } from '../storage/records.ts';
import { directed, isolate } from '../text/bidi.ts';
import type { Language } from '../text/language.ts';
import type { About, CommandInfo } from './command.ts';
import { labelsFor } from './labels.ts';
import { LIMITS } from './limits.ts';
import { address, clean, cut, directionOf, excerpt, lines, quoteBlock, titleWithin } from './markdown.ts';
import { documentKey, NO_MENTIONS, PASSAGE_COLOUR, placeText, type Reply, translationLine, turningButtons } from './render.ts';
import { isOwn, type Proposal, type Refused } from './server-reports.ts';

/** Passages on a page of a search, reports on one of the sources. */
const HITS_ON_A_PAGE = 5;
const REPORTS_ON_A_PAGE = 10;
/** So long that a page of titles with every character escaped leaves room for the rest. */
const SOURCE_TITLE_LENGTH = 140;
const EXCERPT_LENGTH = 380;
/** What there is of a translation under a passage that a search found. */
const TRANSLATED_LENGTH = 240;
const BAR_LENGTH = 10;
/** Groups of unanswered questions shown; the file has them all. */
const GROUPS_SHOWN = 15;
const QUESTION_LENGTH = 200;

/** Questions that are much alike. */
export interface QuestionGroup {
  /** The newest of them. */
  readonly question: string;
  readonly times: number;
  readonly complaints: readonly string[];
}

/**
 * A page of what a search found, each passage with a bar of how likely it is the right one beside the best.
 *
 * @param heading of the bot's own
 * @param page from 0
 * @param pageButton custom_id of the button that shows another page
 */
export function hitsMessage(result: SearchResult, heading: string, page: number, pageButton: (page: number) => string): Reply {
  const { language, hits } = result;
  const direction = directionOf(language);
  const { shown, at, pages } = pageOf(hits, HITS_ON_A_PAGE, page);
  const best = hits[0]?.share ?? 1;
  const parts = [`**${directed(heading, direction)}**`, ...shown.map((hit) => hitText(hit, hit.share / best, language))];
  const embed = new EmbedBuilder().setColor(PASSAGE_COLOUR).setDescription(parts.join('\n\n'));
  return pagedMessage(embed, at, pages, language, pageButton);
}

/** What of a list a page shows; in place of a page that is not there, the nearest. */
function pageOf<T>(list: readonly T[], size: number, page: number): { readonly shown: readonly T[]; readonly at: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(list.length / size));
  const at = Math.min(Math.max(0, Math.trunc(page) || 0), pages - 1);
  return { shown: list.slice(at * size, (at + 1) * size), at, pages };
}

/** A page, and where there are several which one it is and the buttons that turn it. */
function pagedMessage(embed: EmbedBuilder, at: number, pages: number, language: Language | 'other', pageButton: (page: number) => string): Reply {
  if (pages === 1) return { embeds: [embed], components: [], allowedMentions: NO_MENTIONS };
  embed.setFooter({ text: directed(labelsFor(language).page(at + 1, pages), directionOf(language)) });
  return { embeds: [embed], components: [turningButtons(at, pages - 1, language, pageButton)], allowedMentions: NO_MENTIONS };
}

function hitText(hit: Hit, ofBest: number, language: Language | 'other'): string {
  const full = Math.round(ofBest * BAR_LENGTH);
  const bar = '▰'.repeat(full) + '▱'.repeat(BAR_LENGTH - full);
  const label = placeText(hit, language);
  const place = `${isolate(bar)} ${label} · ${titleWithin(hit.title, 100)}`;
  return [
    // A page or heading takes its room from the quote.
    quoteBlock(hit, hit.quote, hit, EXCERPT_LENGTH - (hit.place ? label.length : 0)),
    directed(place, directionOf(language)),
    ...translationLine(hit.translation, language, TRANSLATED_LENGTH),
  ].join('\n');
}

/** The key sentences of a report, in its own order. */
export function summaryMessage(document: Document, sentences: readonly KeySentence[], language: Language): Reply {
  const direction = directionOf(language);
  // Each takes its share of what a description holds.
  const share = Math.floor((LIMITS.embedDescription - 200) / Math.max(1, sentences.length)) - 60;
  const parts = sentences.map(({ text, passage, ...span }, i) => {
    const label = placeText({ passage: passage.number, ...(passage.place && { place: passage.place }) }, language);
    const limit = share - (passage.place ? label.length : 0);
    return `${quoteBlock(span, text, { highlights: [] }, limit)}\n${directed(`[${i + 1}] ${label}`, direction)}`;
  });
  const embed = new EmbedBuilder()
    .setColor(PASSAGE_COLOUR)
    .setDescription([`**${directed(labelsFor(language).summary, direction)}**`, directed(titleWithin(document.title, 200), direction), ...parts].join('\n\n'));
  return { embeds: [embed], allowedMentions: NO_MENTIONS };
}

/** The English beside cited paragraphs. */
export function translationMessage(citations: readonly Citation[], language: Language | 'other'): Reply {
  const labels = labelsFor(language);
  const translated = citations.flatMap(({ translation, ...citation }) => (translation === undefined ? [] : [{ ...citation, translation }]));
  const share = Math.floor((LIMITS.embedDescription - 200) / Math.max(1, translated.length)) - 60;
  const parts = translated.map(({ translation, ...citation }) => {
    const label = placeText(citation, language);
    const limit = share - (citation.place ? label.length : 0);
    const [text, cutOff] = excerpt({ start: 0, end: translation.length }, translation, { highlights: [] }, limit);
    return `${lines(text + (cutOff ? ' …' : ''), 'ltr', '> ')}\n${directed(`[${citation.n}] ${label}`, directionOf(language))}`;
  });
  const heading = directed(translated.length === 0 ? labels.noTranslation : wordingFor(language).translation, directionOf(language));
  return { embeds: [new EmbedBuilder().setColor(PASSAGE_COLOUR).setDescription([`**${heading}**`, ...parts].join('\n\n'))], allowedMentions: NO_MENTIONS };
}

/** A report that was read, with buttons to add it or not. */
export function proposalMessage({ id, document, replaces, versionOf }: Proposal, language: Language): Reply {
  const { reports: labels } = labelsFor(language);
  const direction = directionOf(language);
  const title = (of: Document) => titleWithin(of.title, 200);
  const opening = document.passages.slice(1, 3).map(({ text, ...span }) => quoteBlock(span, text, { highlights: [] }, EXCERPT_LENGTH));
  const notes = [...(replaces ? [labels.replaces(title(replaces))] : []), ...(versionOf ? [labels.versionOf(title(versionOf))] : []), labels.onlyHere];
  const parts = [directed(labels.read(document.passages.length), direction), `**${directed(title(document), direction)}**`, ...opening];
  const embed = new EmbedBuilder().setColor(PASSAGE_COLOUR).setDescription([...parts, notes.map((note) => directed(note, direction)).join('\n')].join('\n\n'));
  const button = (customId: string, label: string, style: ButtonStyle) => new ButtonBuilder().setCustomId(customId).setLabel(label).setStyle(style);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    ...(versionOf ? [button(`report:add:${id}:${documentKey(versionOf)}`, labels.replace, ButtonStyle.Primary)] : []),
    button(`report:add:${id}`, versionOf ? labels.addBeside : labels.add, versionOf ? ButtonStyle.Secondary : ButtonStyle.Primary),
    button(`report:cancel:${id}`, labels.cancel, ButtonStyle.Secondary),
  );
  return { embeds: [embed], components: [row], allowedMentions: NO_MENTIONS };
}

/** Why a report is not taken, in a line. */
export function refusedText(refused: Refused, language: Language): string {
  const labels = labelsFor(language);
  const { refused: label } = labels.reports;
  switch (refused.why) {
    case 'empty':
    case 'expired':
      return label[refused.why];
    case 'not kept':
      return labels.notKept;
    case 'reports':
    case 'passages':
      return label[refused.why](refused.most);
    case 'known':
      return label.known(titleWithin(refused.title, 200));
    case 'unreadable':
      return label.unreadable(isolate(clean(cut(inWords(refused.reason, language), 300))));
  }
}

/**
 * A page of the reports; model, index and version under each.
 *
 * @param page from 0
 */
export function sourcesMessage({ documents }: ReportIndex, about: About, language: Language, page = 0): Reply {
  const { about: label } = labelsFor(language);
  const { shown, at, pages } = pageOf(documents, REPORTS_ON_A_PAGE, page);
  const reports = shown.map((document) => {
    const translated = document.translationSha256 === undefined ? '' : ` · ${label.translated}`;
    const date = document.date === undefined ? '' : ` · ${isolate(document.date)}`;
    const own = isOwn(document) ? ` · ${labelsFor(language).reports.own}` : '';
    return `• ${titleWithin(document.title, SOURCE_TITLE_LENGTH)} (${labelsFor(language).passages(document.passages.length)}${translated}${date}${own})`;
  });
  const rest = [
    `${label.model}: ${isolate(clean(cut(about.model, 100)))}`,
    `${label.index}: ${moment(about.builtAt)}`,
    `${label.version}: ${isolate(`Isnad ${about.version}`)}`,
  ];
  const heading = `**${label.reports}** (${documents.length})`;
  // Titles go before links: of those, as many as there is room for.
  let room = LIMITS.embedDescription - [heading, ...reports, '', ...rest].join('\n').length - 2 * (reports.length + rest.length + 2);
  const linked = reports.map((line, i) => {
    const link = shown[i]?.link;
    const behind = link === undefined ? '' : ` ${isolate(address(link))}`;
    if (behind.length > room) return line;
    room -= behind.length;
    return line + behind;
  });
  return pagedMessage(ownEmbed([heading, ...linked, '', ...rest], language), at, pages, language, (to) => `sources:${to}`);
}

/** What a server's admins decided. */
export function settingsMessage(settings: ServerSettings, language: Language): Reply {
  const { settings: label } = labelsFor(language);
  const channels = settings.channels.length === 0 ? label.everywhere : settings.channels.map((id) => isolate(`<#${id}>`)).join(' ');
  const own = settings.language === undefined ? label.asReport : settings.language === 'ar' ? label.arabic : label.english;
  return ownText(
    [`**${label.heading}**`, `${label.private}: ${settings.private ? label.yes : label.no}`, `${label.channels}: ${channels}`, `${label.language}: ${own}`],
    language,
  );
}

/**
 * Questions that stayed open, those asked most first, and all of them as a file.
 *
 * @param csv the file's text
 */
export function unansweredMessage(groups: readonly QuestionGroup[], count: number, csv: string, language: Language): BaseMessageOptions {
  const labels = labelsFor(language);
  if (groups.length === 0) return ownText([labels.noneUnanswered], language);
  const listed = groups.slice(0, GROUPS_SHOWN).map(({ question, times, complaints }) => {
    const reasons = complaints.filter((reason) => reason !== '').map((reason) => isolate(clean(cut(reason, 80))));
    return `• ${isolate(clean(cut(question, QUESTION_LENGTH)))} (${labels.asked(times)})${reasons.length > 0 ? ` 👎 ${reasons.slice(0, 3).join(' · ')}` : ''}`;
  });
  // A byte order mark, without which spreadsheets take the Arabic for Latin-1.
  const file = new AttachmentBuilder(Buffer.from(`\ufeff${csv}`), { name: 'unanswered.csv' });
  return { ...ownText([`**${labels.unanswered(count)}**`, ...listed], language), files: [file] };
}

/** How the bot is doing. */
export function statusMessage(index: ReportIndex, about: About, metrics: Metrics, memory: number, language: Language): Reply {
  const { status, passages } = labelsFor(language);
  const wording = wordingFor(language).status;
  const counts = (['answered', 'related', 'not_found'] as const).map((kind) => `• ${wording[kind].replace(/[:؛;.].*$/u, '')}: ${metrics.count(kind)}`);
  const total = (['answered', 'related', 'not_found', 'invalid'] as const).reduce((sum, kind) => sum + metrics.count(kind), 0);
  const latency = `p50 ${Math.round(metrics.latency(50))} ms, p95 ${Math.round(metrics.latency(95))} ms`;
  return ownText(
    [
      `**${status.heading}**`,
      `${status.index}: ${index.documents.length} · ${passages(index.passages.length)} · ${moment(about.builtAt)}`,
      `${status.questions}: ${total}`,
      ...counts,
      `${status.latency}: ${isolate(latency)}`,
      `${status.memory}: ${isolate(`${Math.round(memory / 2 ** 20)} MB`)}`,
      `${status.uptime}: ${moment(metrics.since)}`,
    ],
    language,
  );
}

/** What is kept of a person, with a button to have it deleted. */
export function privacyMessage(kept: KeptOfUser, days: number, language: Language): Reply {
  const labels = labelsFor(language);
  const none = kept.questions.length === 0 && kept.votes.length === 0 && kept.language === undefined;
  const questions = kept.questions.slice(0, 10).map(({ question }) => `• ${isolate(clean(cut(question, QUESTION_LENGTH)))}`);
  const text = none ? [labels.nothingKept] : [labels.keptOfYou(kept.questions.length, kept.votes.length), ...questions];
  const button = new ButtonBuilder().setCustomId('privacy:delete').setLabel(labels.buttons.delete).setStyle(ButtonStyle.Danger).setDisabled(none);
  return { ...ownText([labels.privacy(days), '', ...text], language), components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)] };
}

/** How to use the bot, with buttons to choose its language. */
export function helpMessage(commands: readonly CommandInfo[], language: Language): Reply {
  const labels = labelsFor(language);
  const list = (admin: boolean) =>
    commands
      .filter((command) => command.admin === admin)
      .map(({ name, description }) => `• ${isolate(`\`/${name}\``)} ${isolate(description.split(' · ')[language === 'en' ? 0 : 1] ?? description)}`);
  const button = (to: Language, label: string) =>
    new ButtonBuilder()
      .setCustomId(`help:${to}`)
      .setLabel(label)
      .setStyle(to === language ? ButtonStyle.Primary : ButtonStyle.Secondary);
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button('ar', labels.buttons.arabic), button('en', labels.buttons.english));
  return { ...ownText([...labels.help.split('\n'), '', ...list(false), '', `**${labels.forAdmins}**`, ...list(true)], language), components: [row] };
}

/** Lines of the bot's own, each in one direction. */
function ownText(text: readonly string[], language: Language): Reply {
  return { embeds: [ownEmbed(text, language)], allowedMentions: NO_MENTIONS };
}

function ownEmbed(text: readonly string[], language: Language): EmbedBuilder {
  const direction = directionOf(language);
  const description = text.map((line) => directed(line, direction)).join('\n');
  return new EmbedBuilder().setColor(PASSAGE_COLOUR).setDescription(cut(description, LIMITS.embedDescription));
}

function moment(date: Date): string {
  return isolate(`${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
}
