import { commands } from '../commands/all.ts';
import { type App, openApp } from './app.ts';
import { type Config, VERSION } from './config.ts';
import { connect } from './discord/gateway.ts';
import { inviteLink, register, requireToken } from './discord/registration.ts';
import { UserError } from './errors.ts';
import { createLog } from './log.ts';

/**
 * Runs the bot until a signal ends it: opens the index, registers the commands if they changed, connects, prints the invite link.
 *
 * @throws UserError when there is no token, Discord refuses it or can't be reached, or ends the session for good
 */
export async function runBot(config: Config, open: (config: Config) => Promise<App> = openApp): Promise<void> {
  const credentials = requireToken(config.discord);
  const log = createLog(config.logLevel);
  const outcome = await register(credentials, commands);
  log.info({ commands: commands.length, outcome }, 'commands registered');
  const app = await open(config);
  const { answerer, encoder, opened } = app;
  const about = { version: VERSION, model: encoder.info.id, builtAt: opened.builtAt };
  const gateway = await connect({ credentials, commands, answerer, about, log });
  const signal = nextSignal();
  process.stdout.write(`Isnad is on Discord. Add it to a server: ${inviteLink(gateway.applicationId)}\n`);
  const end = await Promise.race([signal, gateway.ended.then((reason) => new UserError(`${reason} Check the token, then start again.`))]);
  log.info('stopping');
  await gateway.stop();
  await app.close();
  if (end instanceof UserError) throw end;
  log.info('stopped');
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
