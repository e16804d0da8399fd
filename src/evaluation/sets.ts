import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import { UserError } from '../errors.ts';
import { sentences } from '../text/sentences.ts';

/** A line of a question-answering set: one paragraph and its questions. */
interface Paragraph {
  readonly context: string;
  readonly questions: readonly { readonly id: string; readonly question: string }[];
}

/** Questions put to one collection of passages. */
export interface RetrievalTask {
  /** `XQuAD en→ar`: language of the questions, then of the passages. */
  readonly name: string;
  readonly passages: readonly string[];
  readonly questions: readonly { readonly text: string; readonly gold: number }[];
}

/** Name, file of the passages, file of the questions (line by line parallel). */
const TASKS = [
  ['XQuAD ar→ar', 'xquad.ar.jsonl', 'xquad.ar.jsonl'],
  ['XQuAD en→ar', 'xquad.ar.jsonl', 'xquad.en.jsonl'],
  ['XQuAD en→en', 'xquad.en.jsonl', 'xquad.en.jsonl'],
  ['ARCD test ar→ar', 'arcd.test.jsonl', 'arcd.test.jsonl'],
] as const;

/**
 * Reads the public sets of a folder: XQuAD (`xquad.ar.jsonl`, `xquad.en.jsonl`) and ARCD (`arcd.test.jsonl`); what is not there is left out.
 *
 * @throws UserError when the folder holds none of them or a file is not as expected
 */
export function readTasks(folder: string): RetrievalTask[] {
  const tasks = TASKS.filter(([, passages, questions]) => existsSync(join(folder, passages)) && existsSync(join(folder, questions))).map(
    ([name, passages, questions]): RetrievalTask => ({
      name,
      passages: readParagraphs(join(folder, passages)).map((p) => p.context),
      questions: readParagraphs(join(folder, questions)).flatMap((p, gold) => p.questions.map((q) => ({ text: q.question, gold }))),
    }),
  );
  if (tasks.length === 0) throw new UserError(`No test set in ${folder}: expected xquad.ar.jsonl, xquad.en.jsonl or arcd.test.jsonl there.`);
  return tasks;
}

function readParagraphs(file: string): Paragraph[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Paragraph);
  } catch (error) {
    throw new UserError(`${file} can't be read as one JSON object a line.`, 1, { cause: error });
  }
}

/** The passages as one document, each taken as it stands. */
export function documentOf(id: string, passages: readonly string[]): Document {
  let start = 0;
  return {
    id,
    title: id,
    source: passages.join('\n\n'),
    sha256: sha256Of(passages.join('\n\n')),
    passages: passages.map((text, number) => {
      const from = start;
      start += text.length + 2;
      return {
        number,
        kind: 'paragraph',
        text,
        start: from,
        end: from + text.length,
        sentences: sentences(text).map((s) => ({ start: s.start + from, end: s.end + from })),
      };
    }),
  };
}
