import { createInterface } from 'node:readline';
import { loadConfig } from '../config.ts';
import { openAtTerminal } from './open.ts';
import { answerObject, answerText } from './output.ts';

export interface AskOptions {
  readonly json?: boolean;
}

/** `ask "…"`: one question, one answer on standard output. */
export async function ask(question: string, options: AskOptions): Promise<void> {
  const app = await openAtTerminal(loadConfig());
  const answer = await app.answerer.answer(question);
  process.stdout.write(`${options.json ? JSON.stringify(answerObject(answer)) : answerText(answer)}\n`);
  await app.close();
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
