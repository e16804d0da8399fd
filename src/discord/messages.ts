import { type Message, MessageType } from 'discord.js';
import { wordingFor } from '../answer/wording.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import { detectLanguage } from '../text/language.ts';
import type { Services } from './command.ts';
import { TYPING_INTERVAL } from './limits.ts';
import { answerMessage, plainMessage } from './render.ts';

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
  const text = message.content.replace(USER_MENTION, ' ').trim();
  try {
    await message.reply(await respond(message, text, services));
  } catch (error) {
    log.error({ message: message.id, error: describe(error) }, 'message failed');
    const language = detectLanguage(text) ?? 'ar';
    await message
      .reply(plainMessage(wordingFor(language).failed, language))
      .catch((failure: unknown) => log.warn({ message: message.id, error: describe(failure) }, 'no apology'));
  }
}

async function respond(message: Message, text: string, services: Services): Promise<ReturnType<typeof plainMessage>> {
  const language = detectLanguage(text) ?? 'ar';
  if (HELP.test(text)) return plainMessage(wordingFor(language).help, language);
  if (text === '' && message.attachments.size > 0) return plainMessage(`${wordingFor('ar').attachments}\n${wordingFor('en').attachments}`, 'ar');
  if (text === '') return plainMessage(`${wordingFor('ar').help}\n${wordingFor('en').help}`, 'ar');
  return whileTyping(message, async () => answerMessage(await services.answer({ channelId: message.channelId, userId: message.author.id }, text), false));
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
