import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Answer } from '../answer/answer.ts';
import { loadConfig } from '../config.ts';
import type { Document } from '../corpus/document.ts';
import { describe, errorCode, UserError } from '../errors.ts';
import { openAtTerminal } from './open.ts';
import { answerObject, answerText, note } from './output.ts';

/** Reports that are named where there is none of a name. */
const NAMED = 10;

export interface AskOptions {
  readonly json?: boolean;
  /** Id or title of the only report to ask. */
  readonly report?: string;
  /** File that the first citation's card is written to. */
  readonly image?: string;
}

/** `ask "…"`: one question, one answer on standard output. */
export async function ask(question: string, options: AskOptions): Promise<void> {
  const app = await openAtTerminal(loadConfig());
  try {
    const answer = await app.answerer.answer(question, undefined, reportNamed(options.report, app.opened.index.documents));
    process.stdout.write(`${options.json ? JSON.stringify(answerObject(answer)) : answerText(answer)}\n`);
    if (options.image !== undefined) await writeCard(options.image, answer, app.opened.index.documents);
  } finally {
    await app.close();
  }
}

/** @throws UserError (exit code 2) where there is none of that name */
function reportNamed(name: string | undefined, documents: readonly Document[]): Document | undefined {
  const found = documents.find(({ id, title }) => id === name || title === name);
  if (name === undefined || found) return found;
  const ids = documents.slice(0, NAMED).map(({ id }) => id);
  throw new UserError(`No report "${name}". There are: ${ids.join(', ')}${documents.length > NAMED ? ', …' : ''}.`, 2);
}

/** @throws UserError when the file can't be written */
async function writeCard(file: string, answer: Answer, documents: readonly Document[]): Promise<void> {
  // Loaded when it is asked for: most answers need no canvas.
  const { cardOf, drawCard } = await import('../card/card.ts');
  const card = cardOf(answer, documents);
  if (!card) return note('Nothing is cited, so there is no image.');
  const image = await drawCard(card);
  try {
    await writeFile(file, image);
  } catch (error) {
    throw new UserError(`The image can't be written to ${file} (${errorCode(error) ?? describe(error)}). Name a file in a folder that is there.`);
  }
}

/**
 * `ask --jsonl`: one question a line on standard input, one object a line on standard output, in order.
 *
 * @param report id or title of the only report to ask
 */
export async function askLines(report?: string): Promise<void> {
  const app = await openAtTerminal(loadConfig());
  const within = reportNamed(report, app.opened.index.documents);
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const answer = await app.answerer.answer(line, undefined, within);
    if (!process.stdout.write(`${JSON.stringify(answerObject(answer))}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  await app.close();
}
