import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEncoder } from '../app.ts';
import { loadConfig, TRAINING_PARAGRAPHS, TRAINING_PLAIN_QUESTIONS, TRAINING_REPORTS } from '../config.ts';
import type { Encoder } from '../embedding/encoder.ts';
import { UserError } from '../errors.ts';
import { evaluateSet, type Outcome, STAGES } from '../evaluation/evaluate.ts';
import { type Estimate, figuresOf, type SetFigures } from '../evaluation/figures.ts';
import { fitTo } from '../evaluation/fit.ts';
import { plotsOf } from '../evaluation/plots.ts';
import { reportOf } from '../evaluation/report.ts';
import { devSets, type EvaluationSet, paragraphsSet, readPublicSets, readTrainingReports, withQuestionsOf } from '../evaluation/sets.ts';
import { note, Progress, paint } from './output.ts';

export interface EvalOptions {
  readonly json?: boolean;
  /** Folder for the figures and plots. */
  readonly out: string;
  /** File of reports with questions; default: those of the repository. */
  readonly reports?: string;
}

/**
 * `eval [folder]`: figures of each stage on the dev split of the training reports and on the public test sets of a folder, as a table (or as
 * JSON), and as JSON, a report in Markdown and plots in a folder.
 */
export async function evaluate(folder: string | undefined, options: EvalOptions): Promise<void> {
  const reports = options.reports === undefined ? ownDevSets() : devSets('reports dev', readTrainingReports(options.reports));
  const sets = [...reports, ...(folder === undefined ? [] : readPublicSets(folder))];
  const encoder = await loadEncoder(loadConfig());
  const all: SetFigures[] = [];
  for (const set of sets) {
    const outcomes = await measured(set, encoder);
    const figures = figuresOf(
      set.name,
      set.collections.reduce((sum, { passages }) => sum + passages.length, 0),
      outcomes,
    );
    all.push(figures);
    if (!options.json) process.stdout.write(`${table(figures)}\n`);
  }
  await encoder.close();
  if (options.json) process.stdout.write(`${JSON.stringify(all, null, 1)}\n`);
  await save(all, options.out);
  note(`Figures and plots are in ${options.out}.`);
}

/**
 * `fit`: prints what `fit` of the model's isnad.json is to hold, fitted to the dev split of the training reports (and, for the fusion, to the
 * training paragraphs of an encyclopedia).
 */
export async function printFit(): Promise<void> {
  const encoder = await loadEncoder(loadConfig());
  const dev: Outcome[] = [];
  for (const set of ownDevSets()) dev.push(...(await measured(set, encoder)));
  const wide = await measured(paragraphsSet('ARCD train', TRAINING_PARAGRAPHS, TRAINING_PARAGRAPHS), encoder);
  await encoder.close();
  process.stdout.write(`${JSON.stringify(fitTo(dev, wide), null, 1)}\n`);
}

/** What is chosen on: the dev reports of the repository with their own, hard questions and with plain ones. */
function ownDevSets(): EvaluationSet[] {
  const reports = readTrainingReports(TRAINING_REPORTS);
  return [...devSets('reports dev', reports), ...devSets('plain dev', withQuestionsOf(TRAINING_PLAIN_QUESTIONS, reports))];
}

async function measured(set: EvaluationSet, encoder: Encoder): Promise<Outcome[]> {
  const progress = new Progress(set.name);
  const outcomes = await evaluateSet(set, encoder, (done, total) => progress.update(done, total));
  progress.finish();
  return outcomes;
}

async function save(all: readonly SetFigures[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(all, null, 1)}\n`);
  // Vega is there for developers only.
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]).catch((error: unknown) => {
    throw new UserError('The plots need the development packages: npm ci --include=dev', 1, { cause: error });
  });
  const plots = plotsOf(all);
  writeFileSync(join(folder, 'README.md'), `${reportOf(all, Object.keys(plots))}\n`);
  for (const [name, spec] of Object.entries(plots)) {
    const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
    writeFileSync(join(folder, `${name}.svg`), `${await view.toSVG()}\n`);
  }
}

function table(figures: SetFigures): string {
  const { set, questions, answerable, passages, stages, span, abstention, aucTaken, times } = figures;
  const row = (name: string, cells: readonly string[]) => name.padEnd(18) + cells.map((cell) => cell.padStart(8)).join('');
  const counts = answerable === questions ? `${questions} questions` : `${questions} questions, ${answerable} answerable,`;
  const lines = [
    paint.bold(`${set}: ${counts} over ${passages} passages`),
    paint.dim(row('', ['R@1', 'R@3', 'R@5', 'MRR', 'nDCG@10'])),
    ...STAGES.map((stage) => {
      const { recall1, recall3, recall5, mrr, ndcg10 } = stages[stage];
      const line = row(stage, [recall1, recall3, recall5, mrr, ndcg10].map(figure));
      return stage === 'reader' ? paint.green(line) : line;
    }),
    `R@1 ${estimate(figures.recall1)}`,
  ];
  if (span) lines.push(`answer marked: F1 ${estimate(span.f1)}, exact ${figure(span.exact)}`);
  if (abstention) {
    lines.push(
      `answers or not: AUC ${estimate(abstention.auc)}, on topic ${estimate(abstention.aucOnTopic)}`,
      `  balanced accuracy ${estimate(abstention.balancedAccuracy)}, calibration error ${estimate(abstention.calibrationError)}`,
    );
  }
  lines.push(`its passages there or taken out: AUC ${estimate(aucTaken)}`);
  const stageTimes = Object.entries(times).map(([stage, { p50, p95 }]) => `${stage} ${p50.toFixed(1)} / ${p95.toFixed(1)}`);
  lines.push(paint.dim(`ms a question, median / p95: ${stageTimes.join(', ')}`), '');
  return lines.join('\n');
}

function figure(x: number): string {
  return x.toFixed(3);
}

function estimate({ value, low, high }: Estimate): string {
  return `${figure(value)} [${figure(low)}, ${figure(high)}]`;
}
