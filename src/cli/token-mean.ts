import { readFileSync } from 'node:fs';
import { loadEncoder } from '../app.ts';
import { loadConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { tokenMean } from '../evaluation/token-mean.ts';
import { Progress } from './output.ts';

/** `token-mean <file>`: prints the `tokenMean` for a model's isnad.json, from a file of reports (JSON lines with `passages` and `split`). */
export async function printTokenMean(file: string): Promise<void> {
  const reports = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { passages?: readonly string[]; split?: string });
  const passages = reports.flatMap((report) => (report.split === 'train' ? (report.passages ?? []) : []));
  if (passages.length === 0) throw new UserError(`${file} holds no reports of split "train".`);
  const encoder = await loadEncoder(loadConfig());
  const progress = new Progress('Passages');
  const mean = await tokenMean(passages, encoder, (done) => progress.update(done, passages.length));
  progress.finish();
  process.stdout.write(`${JSON.stringify(mean)}\n`);
  await encoder.close();
}
