import { readFileSync } from 'node:fs';
import { loadEncoder } from '../app.ts';
import { loadConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { tokenMean } from '../evaluation/token-mean.ts';
import { Progress } from './output.ts';

interface TrainingReport {
  readonly split: string;
  readonly passages: readonly string[];
  /** Aligned English translation. */
  readonly en: readonly string[];
  readonly questions: readonly { readonly q: string; readonly lang: string }[];
}

/** `token-mean <file>`: prints the `tokenMean` of a model's isnad.json, from the train split of a file of training reports (JSON lines). */
export async function printTokenMean(file: string): Promise<void> {
  const reports = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrainingReport)
    .filter((report) => report.split === 'train');
  if (reports.length === 0) throw new UserError(`${file} holds no reports of split "train".`);
  const encoder = await loadEncoder(loadConfig(), {}, false);
  const mean = async (role: 'query' | 'passage', language: string, texts: readonly string[]) => {
    const progress = new Progress(`${role} ${language}`);
    const result = await tokenMean(texts, role, encoder, (done) => progress.update(done, texts.length));
    progress.finish();
    return result;
  };
  const questions = (language: string) => reports.flatMap((report) => report.questions.flatMap((q) => (q.lang === language ? [q.q] : [])));
  const means = {
    query: { ar: await mean('query', 'ar', questions('ar')), en: await mean('query', 'en', questions('en')) },
    passage: {
      ar: await mean(
        'passage',
        'ar',
        reports.flatMap((report) => report.passages),
      ),
      en: await mean(
        'passage',
        'en',
        reports.flatMap((report) => report.en),
      ),
    },
  };
  process.stdout.write(`${JSON.stringify(means)}\n`);
  await encoder.close();
}
