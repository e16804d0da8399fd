import { loadEncoder } from '../app.ts';
import { loadConfig } from '../config.ts';
import { evaluateTask, STAGES, type TaskFigures } from '../evaluation/evaluate.ts';
import { readTasks } from '../evaluation/sets.ts';
import { Progress } from './output.ts';

/** `eval <folder>`: figures of each stage of retrieval on the public test sets of a folder, as a table or as JSON. */
export async function evaluate(folder: string, options: { readonly json?: boolean }): Promise<void> {
  const tasks = readTasks(folder);
  const encoder = await loadEncoder(loadConfig());
  const all: TaskFigures[] = [];
  for (const task of tasks) {
    const bars = { passages: new Progress(`${task.name} passages `), questions: new Progress(`${task.name} questions`) };
    const figures = await evaluateTask(task, encoder, (phase, done, total) => {
      if (phase === 'questions') bars.passages.finish();
      bars[phase].update(done, total);
    });
    bars.questions.finish();
    all.push(figures);
    if (!options.json) process.stdout.write(`${table(figures)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(all, null, 1)}\n`);
  await encoder.close();
}

function table({ task, questions, passages, stages }: TaskFigures): string {
  const row = (name: string, cells: readonly string[]) => name.padEnd(18) + cells.map((cell) => cell.padStart(7)).join('');
  const figure = (x: number) => x.toFixed(3);
  return [
    `${task}: ${questions} questions over ${passages} passages`,
    row('', ['R@1', 'R@3', 'MRR']),
    ...STAGES.map((stage) => row(stage, [figure(stages[stage].recall1), figure(stages[stage].recall3), figure(stages[stage].mrr)])),
    '',
  ].join('\n');
}
