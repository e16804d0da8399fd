import { type Message, MessageType } from 'discord.js';
import { readQuestion } from '../answer/question.ts';
import { wordingFor } from '../answer/wording.ts';
import type { Log } from '../log.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import { attend } from './attend.ts';
import { mayShow, type Place, placeOf, type Services } from './command.ts';
import { labelsFor } from './labels.ts';
import { TYPING_INTERVAL } from './limits.ts';
import { answerMessage, bilingualMessage, plainMessage, type Reply } from './render.ts';

const HELP = /^[/!]?(help|مساعدة|مساعده|start|\?)[\s!?؟.]*$/iu;
const USER_MENTION = /<@!?\d+>/gu;

/**
 * Answers a direct message, or a message that mentions the bot in a channel; no other message is read (its text does not even reach a
 * bot without the MessageContent intent).
 */
export async function answerMessageEvent(message: Message, services: Services, log: Log): Promise<void> {
  const self = message.client.user;
  if (message.author.bot || (message.type !== MessageType.Default && message.type !== MessageType.Reply)) return;
  const direct = message.guildId === null;
  if (!direct && !message.mentions.users.has(self.id)) return;
  const text = withoutMentions(message.content);
  const { channelId, guildId, channel } = message;
  const place = placeOf({ channelId, guildId, user: message.author, channel });
  const language = detectLanguage(text) ?? (await services.languageFor(place));
  const request = {
    id: message.id,
    kind: direct ? 'direct message' : 'mention',
    language: async () => (language === 'other' ? services.languageFor(place) : language),
    apologize: (apology: Reply) => message.reply(apology),
  };
  await attend(request, services, log, async () => {
    await message.reply(await respond(message, text, place, language, services));
  });
}

async function respond(message: Message, text: string, place: Place, language: Language | 'other', services: Services): Promise<Reply> {
  if (place.guildId !== null) {
    const settings = await services.records.serverSettings(place.guildId);
    if (!mayShow(place, settings)) return plainMessage(labelsFor(language).otherChannels(settings.channels.map((id) => `<#${id}>`).join(' ')), language);
  }
  if (HELP.test(text)) return plainMessage(wordingFor(language).help, language);
  const about = message.reference === null ? undefined : await textReferredTo(message);
  // Mentioned in reply to somebody, the bot is asked about what they wrote.
  if (text === '' && about !== undefined) {
    if (readQuestion(about).refusal === undefined) return ask(message, about, place, services);
    return plainMessage(labelsFor(language).onlyMenu, language);
  }
  if (text === '' && message.attachments.size > 0) return bilingualMessage(`${wordingFor('ar').attachments}\n${wordingFor('en').attachments}`);
  if (text === '') return bilingualMessage(`${wordingFor('ar').help}\n${wordingFor('en').help}`);
  return ask(message, text, place, services, about);
}

function ask(message: Message, question: string, place: Place, services: Services, previous?: string): Promise<Reply> {
  return whileTyping(message, async () => {
    const { answer, id } = await services.answer(place, question, undefined, previous);
    return answerMessage(answer, false, id);
  });
}

/** What somebody else's message that this one replies to says; empty where Discord does not show it, `undefined` for the bot's own. */
async function textReferredTo(message: Message): Promise<string | undefined> {
  try {
    const referred = await message.fetchReference();
    return referred.author.id === message.client.user.id ? undefined : withoutMentions(referred.content);
  } catch {
    // Deleted meanwhile, or in a channel that the bot may not read.
    return '';
  }
}

function withoutMentions(text: string): string {
  return text.replace(USER_MENTION, ' ').trim();
}

/** Shows "typing…" until the work is done. That it can't be shown is no reason not to answer. */
async function whileTyping<T>(message: Message, work: () => Promise<T>): Promise<T> {
  const { channel } = message;
  const show = () => void (channel.isSendable() ? channel.sendTyping().catch(() => undefined) : undefined);
  show();
  const timer = setInterval(show, TYPING_INTERVAL);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
