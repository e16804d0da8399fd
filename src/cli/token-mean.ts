import { loadEncoder } from '../app.ts';
import { loadConfig, TRAINING_REPORTS } from '../config.ts';
import { readTrainingReports } from '../evaluation/sets.ts';
import { tokenMean } from '../evaluation/token-mean.ts';
import { Progress } from './output.ts';

/** `token-mean`: prints the `tokenMean` of a model's isnad.json, from the train split of the training reports. */
export async function printTokenMean(): Promise<void> {
  const reports = readTrainingReports(TRAINING_REPORTS).filter((report) => report.split === 'train');
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
