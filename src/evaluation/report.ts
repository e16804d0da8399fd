import { STAGES } from './evaluate.ts';
import type { Estimate, SetFigures } from './figures.ts';

/** The figures as Markdown tables, one for ranking and one for answers and silence, with the plots that lie beside. */
export function reportOf(all: readonly SetFigures[], plots: readonly string[]): string {
  return [
    '# Quality',
    'Written by `npm run eval`. In brackets: 95 % bootstrap intervals, reports drawn whole where a set has several.',
    '## Right passage first (R@1), by stage',
    table(
      ['set', 'questions, passages', ...STAGES, 'R@3', 'R@5', 'MRR', 'nDCG@10'],
      all.map(({ set, answerable, passages, stages, recall1 }) => [
        set,
        `${answerable}, ${passages}`,
        ...STAGES.map((stage) => (stage === 'reader' ? `**${estimate(recall1)}**` : figure(stages[stage].recall1))),
        ...[stages.reader.recall3, stages.reader.recall5, stages.reader.mrr, stages.reader.ndcg10].map(figure),
      ]),
    ),
    '## The answer, and knowing when there is none',
    table(
      [
        'set',
        'questions',
        'span F1',
        'span exact',
        'AUC',
        'AUC on topic',
        'AUC passages taken',
        'balanced accuracy',
        'calibration error',
        'ms a question, p50 / p95',
      ],
      all.map(({ set, questions, span, abstention, aucTaken, times }) => [
        set,
        String(questions),
        span ? estimate(span.f1) : '–',
        span ? figure(span.exact) : '–',
        ...(abstention ? [abstention.auc, abstention.aucOnTopic].map(estimate) : ['–', '–']),
        estimate(aucTaken),
        ...(abstention ? [abstention.balancedAccuracy, abstention.calibrationError].map(estimate) : ['–', '–']),
        `${times.all.p50.toFixed(0)} / ${times.all.p95.toFixed(0)}`,
      ]),
    ),
    ...plots.map((name) => `![${name}](${name}.svg)`),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A figure between 0 and 1, as in print: `.938`. */
function figure(x: number): string {
  return x.toFixed(3).replace(/^0/u, '');
}

function estimate({ value, low, high }: Estimate): string {
  return `${figure(value)} [${figure(low)}, ${figure(high)}]`;
}
