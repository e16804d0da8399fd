import type { TopLevelSpec } from 'vega-lite';
import { STAGES } from './evaluate.ts';
import type { SetFigures } from './figures.ts';

const COLOURS = ['#1b6ca8', '#d1495b', '#66a182', '#edae49', '#8d5a97', '#7a7a7a'];

/** The plots of an evaluation, by file name without extension; plots that need abstention figures are left out where no set has any. */
export function plotsOf(all: readonly SetFigures[]): Record<string, TopLevelSpec> {
  const plots: Record<string, TopLevelSpec> = { recall: recallPlot(all) };
  const abstaining = all.flatMap(({ set, abstention }) => (abstention ? [{ set, ...abstention }] : []));
  if (abstaining.length > 0) {
    plots['reliability'] = reliabilityPlot(abstaining);
    plots['risk-coverage'] = riskPlot(abstaining);
  }
  return plots;
}

type Abstaining = NonNullable<SetFigures['abstention']> & { readonly set: string };

const LAYOUT = { background: 'white', padding: 12, config: { view: { stroke: null }, range: { category: COLOURS } } } as const;

function recallPlot(all: readonly SetFigures[]): TopLevelSpec {
  const values = all.flatMap(({ set, stages }) => STAGES.map((stage) => ({ set, stage, recall: stages[stage].recall1 })));
  return {
    ...LAYOUT,
    title: 'Right passage first (R@1), by stage',
    width: 560,
    height: 260,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      x: { field: 'set', type: 'nominal', sort: null, title: null, axis: { labelAngle: 0 } },
      xOffset: { field: 'stage', sort: [...STAGES] },
      y: { field: 'recall', type: 'quantitative', title: 'R@1', scale: { domain: [0, 1] } },
      color: { field: 'stage', type: 'nominal', sort: [...STAGES], title: null },
    },
  };
}

function reliabilityPlot(all: readonly Abstaining[]): TopLevelSpec {
  const values = all.flatMap(({ set, reliability }) => reliability.map((bin) => ({ set, ...bin })));
  return {
    ...LAYOUT,
    title: 'Reliability: how often the report answers when confidence says so',
    width: 360,
    height: 360,
    layer: [
      {
        data: {
          values: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
        },
        mark: { type: 'line', strokeDash: [4, 4], color: '#999999' },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { type: 'line' },
        encoding: {
          x: { field: 'confidence', type: 'quantitative', title: 'confidence', scale: { domain: [0, 1] } },
          y: { field: 'accuracy', type: 'quantitative', title: 'share that the report answers', scale: { domain: [0, 1] } },
          color: { field: 'set', type: 'nominal', title: null },
        },
      },
      {
        data: { values },
        mark: { type: 'circle', opacity: 1 },
        encoding: {
          x: { field: 'confidence', type: 'quantitative' },
          y: { field: 'accuracy', type: 'quantitative' },
          size: { field: 'count', type: 'quantitative', title: 'questions' },
          color: { field: 'set', type: 'nominal', title: null },
        },
      },
    ],
  };
}

function riskPlot(all: readonly Abstaining[]): TopLevelSpec {
  const values = all.flatMap(({ set, riskCoverage }) => riskCoverage.filter(({ coverage }) => coverage >= 0.02).map((point) => ({ set, ...point })));
  return {
    ...LAYOUT,
    title: 'Risk–coverage: wrong first passages among the questions answered, the surest first',
    width: 480,
    height: 300,
    data: { values },
    mark: { type: 'line' },
    encoding: {
      x: { field: 'coverage', type: 'quantitative', title: 'share of the questions answered', scale: { domain: [0, 1] } },
      y: { field: 'risk', type: 'quantitative', title: 'wrong among them', scale: { domain: [0, 0.5] } },
      color: { field: 'set', type: 'nominal', title: null },
    },
  };
}
