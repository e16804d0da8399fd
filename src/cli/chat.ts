import { createInterface } from 'node:readline';
import { listedPassage, wordingFor } from '../answer/wording.ts';
import { type Config, loadConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { isolateTitle } from '../text/bidi.ts';
import { openAtTerminal } from './open.ts';
import { answerText, paint } from './output.ts';

const HELP = `Write a question about the report, in Arabic or English; a follow-up is read in the light of the question before it.
  /help      this text
  /history   the questions so far
  /passages  the report, paragraph by paragraph
  /new       forget the question before
  /quit      leave (or Ctrl+D)`;

/** `chat`: questions and follow-ups until the input ends. */
export async function chat(config: Config = loadConfig()): Promise<void> {
  const app = await openAtTerminal(config);
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const lines = createInterface({ input: process.stdin, output: interactive ? process.stdout : undefined, prompt: paint.bold('؟ ') });
  const asked: string[] = [];
  let previous: string | undefined;
  const say = (text: string) => process.stdout.write(`${text}\n\n`);
  if (interactive) say(`${app.opened.index.documents.map((d) => d.title).join('\n')}\n\n${wordingFor('ar').help}\n${HELP}`);
  lines.prompt();
  for await (const line of lines) {
    const text = line.trim();
    if (text === '/quit' || text === '/exit') break;
    if (text === '/help') say(HELP);
    else if (text === '/history') say(asked.map((question, i) => `${i + 1}. ${question}`).join('\n') || '—');
    else if (text === '/new') previous = undefined;
    else if (text === '/passages') say(app.opened.index.passages.map(({ passage }) => listedPassage(passage, isolateTitle)).join('\n'));
    else if (text.startsWith('/')) say(`No command ${text.split(' ')[0] ?? ''}; /help lists them.`);
    else if (text !== '') {
      try {
        const answer = await app.answerer.answer(text, previous);
        say(answerText(answer));
        asked.push(text);
        if (answer.status !== 'invalid') previous = answer.searched;
      } catch (error) {
        // A database that is away may be there for the next question.
        if (!(error instanceof UserError)) throw error;
        say(error.message);
      }
    }
    lines.prompt();
  }
  lines.close();
  await app.close();
}
