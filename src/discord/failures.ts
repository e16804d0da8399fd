import { DiscordAPIError, HTTPError } from 'discord.js';
import { describe, errorCode, UserError } from '../errors.ts';

const UNAUTHORIZED = 401;
const NETWORK = new Set([
  'ENOTFOUND',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** What Discord's or the network's failure means for the person who started the bot; the token is never repeated. */
export function explainDiscord(error: unknown): Error {
  if (error instanceof UserError) return error;
  if (errorCode(error) === 'TokenInvalid' || (error instanceof DiscordAPIError && error.status === UNAUTHORIZED)) {
    return new UserError('Discord refused DISCORD_TOKEN. Copy the token again from the Bot page of https://discord.com/developers/applications into .env.', 2);
  }
  if (errorCode(error) === 'DisallowedIntents')
    return new UserError('Discord refused the intents of the bot, though it asks for no privileged one. Check the application.');
  if (unreachable(error))
    return new UserError(`Discord can't be reached (${reason(error)}). Check the network and DISCORD_API_URL, then start again.`, 1, { cause: error });
  if (error instanceof DiscordAPIError) return new UserError(`Discord refused the request: ${describe(error)} (code ${error.code}).`, 1, { cause: error });
  if (error instanceof HTTPError) return new UserError(`Discord answered with status ${error.status}. Try again later.`, 1, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

function unreachable(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (NETWORK.has(errorCode(at) ?? '')) return true;
  return error instanceof Error && /fetch failed|other side closed|socket/iu.test(error.message);
}

function reason(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = errorCode(at);
    if (code !== undefined && NETWORK.has(code)) return code;
  }
  return describe(error);
}
