import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Answer } from '../answer/answer.ts';
import { loadConfig } from '../config.ts';
import type { Document } from '../corpus/document.ts';
import { describe, errorCode, UserError } from '../errors.ts';
import { openAtTerminal } from './open.ts';
import { answerObject, answerText, note } from './output.ts';

export interface AskOptions {
  readonly json?: boolean;
  /** File that the first citation's card is written to. */
  readonly image?: string;
}

/** `ask "…"`: one question, one answer on standard output. */
export async function ask(question: string, options: AskOptions): Promise<void> {
  const app = await openAtTerminal(loadConfig());
  try {
    const answer = await app.answerer.answer(question);
    process.stdout.write(`${options.json ? JSON.stringify(answerObject(answer)) : answerText(answer)}\n`);
    if (options.image !== undefined) await writeCard(options.image, answer, app.opened.index.documents);
  } finally {
    await app.close();
  }
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

/** `ask --jsonl`: one question a line on standard input, one object a line on standard output, in order. */
export async function askLines(): Promise<void> {
  const app = await openAtTerminal(loadConfig());
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const answer = await app.answerer.answer(line);
    if (!process.stdout.write(`${JSON.stringify(answerObject(answer))}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  await app.close();
}
