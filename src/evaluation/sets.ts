import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Document } from '../corpus/document.ts';
import { sha256Of } from '../corpus/parse.ts';
import { UserError } from '../errors.ts';
import { sentences } from '../text/sentences.ts';

/** A question whose answer is known. */
export interface EvaluationQuestion {
  readonly text: string;
  /** Right passages, the best first; empty: the collection does not answer it. */
  readonly gold: readonly number[];
  /** Right answers, any of which will do. */
  readonly answers: readonly string[];
  /** About the collection's own topic, answered or not. */
  readonly onTopic: boolean;
}

/** Passages that are searched together, and the questions put to them. */
export interface Collection {
  readonly id: string;
  readonly passages: readonly string[];
  /** Of the passages, in order; `undefined`: there are none. */
  readonly translations: readonly string[] | undefined;
  readonly questions: readonly EvaluationQuestion[];
}

/** Something to measure on. */
export interface EvaluationSet {
  /** `XQuAD en→ar`: language of the questions, then of the passages. */
  readonly name: string;
  readonly collections: readonly Collection[];
}

const trainingQuestion = v.object({
  q: v.string(),
  lang: v.picklist(['ar', 'en']),
  kind: v.string(),
  gold: v.array(v.pipe(v.number(), v.safeInteger())),
  span: v.string(),
  span_en: v.string(),
});

/** A report written for training and choosing, as models/training/README.md describes it. */
const trainingReport = v.object({
  id: v.string(),
  split: v.picklist(['train', 'dev']),
  passages: v.array(v.string()),
  en: v.array(v.string()),
  questions: v.array(trainingQuestion),
});
export type TrainingReport = v.InferOutput<typeof trainingReport>;

/** Further questions to a report. */
const furtherQuestions = v.object({ id: v.string(), questions: v.array(trainingQuestion) });

/** A line of a public question-answering set: one paragraph and its questions. */
const paragraph = v.object({
  context: v.string(),
  questions: v.array(v.object({ question: v.string(), answers: v.array(v.object({ text: v.string() })) })),
});

/** Name, file of the passages, file of the questions (line by line parallel). */
const PUBLIC = [
  ['XQuAD ar→ar', 'xquad.ar.jsonl', 'xquad.ar.jsonl'],
  ['XQuAD en→ar', 'xquad.ar.jsonl', 'xquad.en.jsonl'],
  ['XQuAD en→en', 'xquad.en.jsonl', 'xquad.en.jsonl'],
  ['ARCD test ar→ar', 'arcd.test.jsonl', 'arcd.test.jsonl'],
] as const;

/** @throws UserError when the file can't be read or is not as expected */
export function readTrainingReports(file: string): TrainingReport[] {
  return readLines(file, trainingReport);
}

/**
 * The same reports with the questions of a file in place of their own; reports that it does not name are left out.
 *
 * @throws UserError when the file can't be read or is not as expected
 */
export function withQuestionsOf(file: string, reports: readonly TrainingReport[]): TrainingReport[] {
  const questions = new Map(readLines(file, furtherQuestions).map((line) => [line.id, line.questions]));
  return reports.flatMap((report) => {
    const own = questions.get(report.id);
    return own ? [{ ...report, questions: own }] : [];
  });
}

/** The questions of the dev split to its Arabic reports: one set a language, and both once more with the reports' translations at hand. */
export function devSets(name: string, reports: readonly TrainingReport[]): EvaluationSet[] {
  const kinds = [
    ['ar→ar', 'ar', false],
    ['en→ar', 'en', false],
    ['ar→ar+en', 'ar', true],
    ['en→ar+en', 'en', true],
  ] as const;
  return kinds.map(([kind, language, translated]) => ({
    name: `${name} ${kind}`,
    collections: reports
      .filter((report) => report.split === 'dev')
      .map(({ id, passages, en, questions }) => ({
        id,
        passages,
        translations: translated ? en : undefined,
        questions: questions
          .filter((question) => question.lang === language)
          .map(({ q, gold, span, kind }) => ({ text: q, gold, answers: span === '' ? [] : [span], onTopic: kind !== 'unanswerable-far' })),
      })),
  }));
}

/**
 * Reads the public sets of a folder: XQuAD (`xquad.ar.jsonl`, `xquad.en.jsonl`) and ARCD (`arcd.test.jsonl`); what is not there is left out.
 *
 * @throws UserError when the folder holds none of them or a file is not as expected
 */
export function readPublicSets(folder: string): EvaluationSet[] {
  const present = PUBLIC.filter(([, passages, questions]) => existsSync(join(folder, passages)) && existsSync(join(folder, questions)));
  if (present.length === 0) throw new UserError(`No test set in ${folder}: expected xquad.ar.jsonl, xquad.en.jsonl or arcd.test.jsonl there.`);
  return present.map(([name, passages, questions]) => paragraphsSet(name, join(folder, passages), join(folder, questions)));
}

/** @param questions file that is parallel, line by line, to that of the passages, or the same */
export function paragraphsSet(name: string, passages: string, questions: string): EvaluationSet {
  const texts = readLines(passages, paragraph);
  const asked = readLines(questions, paragraph);
  const collection = {
    id: name,
    passages: texts.map((p) => p.context),
    translations: undefined,
    questions: asked.flatMap((p, gold) =>
      p.questions.map((q, i) => ({
        text: q.question,
        gold: [gold],
        answers: (texts[gold]?.questions[i]?.answers ?? []).map((answer) => answer.text),
        onTopic: true,
      })),
    ),
  };
  return { name, collections: [collection] };
}

function readLines<T>(file: string, schema: v.GenericSchema<unknown, T>): T[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => v.parse(schema, JSON.parse(line)));
  } catch (error) {
    throw new UserError(`${file} can't be read as one JSON object a line.`, 1, { cause: error });
  }
}

/** The passages as one document, each taken as it stands. */
export function documentOf(id: string, passages: readonly string[], translations: readonly string[] = []): Document {
  let start = 0;
  const source = passages.join('\n\n');
  return {
    id,
    title: id,
    source,
    sha256: sha256Of(source),
    translationSha256: undefined,
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
        translation: translations[number],
      };
    }),
  };
}
