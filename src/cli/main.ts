#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { type Config, loadConfig, VERSION } from '../config.ts';
import { describe, UserError } from '../errors.ts';
import type { AskOptions } from './ask.ts';
import type { EvalOptions } from './eval.ts';

// Each command loads its own part: `--help` needs no model, `ask` no Discord.
const program = new Command('isnad')
  .description(
    'Answers questions about a report with verbatim quotes and citations. Without a command: the Discord bot if DISCORD_TOKEN is set, else a chat here.',
  )
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError(false)
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

program.allowExcessArguments().action(async (_options: object, command: Command) => {
  if (command.args.length > 0) command.error(`error: there is no command '${command.args[0]}'; isnad --help lists them`);
  const config = loadConfig();
  if (config.discord.token !== undefined) return startBot(config);
  process.stderr.write('No DISCORD_TOKEN is set, so this is a chat in the terminal; set it in .env to start the Discord bot.\n');
  const { chat } = await import('./chat.ts');
  return chat(config);
});

program
  .command('ask')
  .description('answer one question')
  .argument('[question...]', 'in Arabic or English')
  .option('--json', 'print one JSON object')
  .option('--jsonl', 'read one question a line from standard input, print one JSON object a line')
  .option('--report <report>', 'ask this report only: its id (the file name, of a .txt without extension) or title')
  .option('--image <file>', 'write the first quote in its paragraph to this file, as a PNG')
  .action(async (words: string[], options: AskOptions & { jsonl?: boolean }, command: Command) => {
    const { ask, askLines } = await import('./ask.ts');
    if (options.jsonl && options.image !== undefined) command.error('error: --image goes with one question, not with --jsonl');
    if (options.jsonl && words.length > 0) command.error('error: --jsonl reads the questions from standard input; leave the question out');
    if (options.jsonl) return askLines(options.report);
    if (words.length === 0) command.error('error: ask needs a question, for example: npm run ask -- "من استهدف القاعدة؟"');
    return ask(words.join(' '), options);
  });

program
  .command('chat')
  .description('ask and follow up in the terminal')
  .action(async () => (await import('./chat.ts')).chat());

program
  .command('index')
  .description('build the index now (ask, chat and the bot build it when it is missing or stale)')
  .option('--force', 'build it even if it is sound')
  .action(async (options: { force?: boolean }) => {
    const { openAtTerminal } = await import('./open.ts');
    const app = await openAtTerminal(loadConfig(), options.force ?? false);
    process.stdout.write(
      `The index of ${app.opened.index.documents.length} report(s), ${app.opened.index.passages.length} passages, is in ${app.opened.where}.\n`,
    );
    await app.close();
  });

program
  .command('bot')
  .description('run the Discord bot (needs DISCORD_TOKEN)')
  .action(() => startBot(loadConfig()));

program
  .command('register')
  .description('register the slash commands with Discord if they changed (the bot does it too)')
  .action(async () => {
    const [{ register, requireToken }, { allCommands }] = await Promise.all([import('../discord/registration.ts'), import('../../commands/all.ts')]);
    const { discord } = loadConfig();
    const commands = allCommands(discord.arabicCommands);
    const { outcome } = await register(requireToken(discord), commands);
    process.stdout.write(`${outcome === 'changed' ? 'Registered' : 'Already registered, nothing changed'}: ${commands.map((c) => c.data.name).join(', ')}.\n`);
  });

program
  .command('doctor')
  .description('check Node.js, reports, model, index and token, and say what to do')
  .action(async () => {
    process.exitCode = await (await import('./doctor.ts')).doctor();
  });

program
  .command('eval')
  .description('measure quality on the dev reports of the repository, and on public test sets')
  .argument('[folder]', 'with xquad.ar.jsonl, xquad.en.jsonl or arcd.test.jsonl')
  .option('--json', 'print the figures as JSON')
  .option('--out <folder>', 'where figures.json and the plots go', 'evaluation')
  .option('--reports <file>', 'other reports than those of the repository, as JSON lines')
  .action(async (folder: string | undefined, options: EvalOptions) => (await import('./eval.ts')).evaluate(folder, options));

program
  .command('fit')
  .description("fit ranking and confidence to the dev reports: prints the fit of a model's isnad.json")
  .action(async () => (await import('./eval.ts')).printFit());

program
  .command('token-mean')
  .description("compute the tokenMean of a model's isnad.json from the training reports")
  .action(async () => (await import('./token-mean.ts')).printTokenMean());

async function startBot(config: Config): Promise<void> {
  if (config.discord.shards !== 1 && config.discord.shard === undefined) return (await import('../shards.ts')).runShards(config);
  await (await import('../bot.ts')).runBot(config);
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Whatever is thrown past everybody: one line, no stack trace, and whoever supervises the program starts it again.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`Isnad failed: ${describe(error)} (a fault of the program, not of yours).\n`);
    process.exitCode = 1;
  }
}
