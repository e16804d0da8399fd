import type { TopLevelSpec } from 'vega-lite';
import type { QualityFigures } from './figures.ts';
import type { Named } from './jobs.ts';
import { PEER_IDS, type PeerId } from './peers.ts';
import { SETS } from './public-sets.ts';
import { byStore, STORES } from './scale.ts';
import { OWN, type SpeedFigures } from './speed-figures.ts';

/** A colour a peer, the same in every plot; kin of one library have kindred ones. */
const COLOURS: Readonly<Record<PeerId, string>> = {
  isnad: '#1b6ca8',
  'isnad-finding': '#7fb8e0',
  'isnad-pgvector': '#0f3a5f',
  'langchain-hnswlib': '#d1495b',
  'langchain-memory': '#eba0a9',
  llamaindex: '#66a182',
  vectra: '#edae49',
  'orama-hybrid': '#5e3a68',
  'orama-vector': '#9d6aab',
  'orama-fulltext': '#d0b3d8',
  minisearch: '#a0522d',
  hnswlib: '#4a4a4a',
  'brute-force': '#a8a8a8',
};
const THICK = 4;
const THIN = 1.6;
/** What is drawn by the number of passages: a plot each by file name, and all of them of Isnad's two stores. */
const GROWING: Readonly<Record<string, Growing>> = {
  latency: { title: 'Time of a question, median', axis: 'milliseconds', value: ({ question }) => question?.p50 },
  build: { title: 'Building the index', axis: 'passages a second', value: ({ build }) => build },
  memory: { title: 'Memory after the questions', axis: 'megabytes', value: ({ memory }) => memory && memory / 2 ** 20 },
  disk: { title: 'The index on the disk', axis: 'megabytes', value: ({ disk }) => disk && disk / 2 ** 20 },
};
/** Points of a risk–coverage curve that are drawn. */
const POINTS = 100;
/** Share of the questions below which a curve is left out: it is of a few only. */
const FEWEST = 0.02;

/** The plots by file name without extension; without figures there is none. */
export function plotsOf(quality: readonly QualityFigures[], speed: readonly SpeedFigures[]): Record<string, TopLevelSpec> {
  const names = new Map([...quality, ...speed].map(({ peer, named }) => [peer, plotName(named)]));
  const layout = layoutOf(names);
  const growth = (growing: Growing) =>
    growthPlot(
      firstOnTop(speed).flatMap((figures) => {
        const own = growing.value(figures);
        return own === undefined || own === 0 ? [] : [{ ...drawn(figures, names), size: figures.size, value: own }];
      }),
      growing,
      layout,
    );
  return {
    ...(quality.length > 0 && { recall: recallPlot(quality, names, layout), 'risk-coverage': riskPlot(quality, names, layout) }),
    ...(speed.length > 0 && {
      ...Object.fromEntries(Object.entries(GROWING).map(([name, growing]) => [name, growth(growing)])),
      stores: storesPlot(speed, layout),
    }),
  };
}

type Names = ReadonlyMap<PeerId, string>;
type Layout = ReturnType<typeof layoutOf>;

/** Versions are in the tables. */
function plotName({ name, what }: Named): string {
  return `${name.replace(/ [\d.]+$/u, '')}, ${what}`;
}

function layoutOf(names: Names) {
  const present = PEER_IDS.filter((peer) => names.has(peer));
  const order = present.map((peer) => names.get(peer) ?? peer);
  return {
    frame: { background: 'white', padding: 12, config: { view: { stroke: null }, legend: { labelLimit: 0 }, axis: { labelLimit: 300 } } },
    order,
    colour: { field: 'peer', type: 'nominal', title: null, scale: { domain: order, range: present.map((peer) => COLOURS[peer]) } },
  } as const;
}

function drawn({ peer }: { readonly peer: PeerId }, names: Names) {
  return { peer: names.get(peer) ?? peer, own: OWN.includes(peer) };
}

/** Lines are drawn in the order of their figures: Isnad's, the first in tables, are to be seen above the others. */
function firstOnTop<T>(figures: readonly T[]): T[] {
  return [...figures].reverse();
}

const WIDTH_OF_LINE = { field: 'own', type: 'ordinal', legend: null, scale: { domain: [true, false], range: [THICK, THIN] } } as const;

function recallPlot(quality: readonly QualityFigures[], names: Names, { frame, order, colour }: Layout): TopLevelSpec {
  const values = quality.map((figures) => ({ ...drawn(figures, names), set: figures.set, ...figures.ranking.recall1 }));
  const place = {
    x: { field: 'set', type: 'nominal', sort: [...SETS], title: null, axis: { labelAngle: 0 } },
    xOffset: { field: 'peer', sort: order },
  } as const;
  return {
    ...frame,
    title: 'Right passage first (R@1), with 95 % intervals',
    width: 880,
    height: 280,
    data: { values },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: { ...place, y: { field: 'value', type: 'quantitative', title: 'R@1', scale: { domain: [0, 1] } }, color: colour },
      },
      { mark: { type: 'rule', color: '#222222' }, encoding: { ...place, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } } },
    ],
  };
}

interface Growing {
  readonly title: string;
  readonly axis: string;
  readonly value: (figures: SpeedFigures) => number | undefined;
}

interface Grown {
  readonly size: number;
  readonly value: number | undefined;
}

/** Both axes of a plot by the number of passages. @param axis title of the upright one, if it has one */
function overSizes(values: readonly Grown[], axis: string | null) {
  const sizes = [...new Set(values.map(({ size }) => size))];
  return {
    x: { field: 'size', type: 'quantitative', title: 'passages', scale: { type: 'log', nice: false }, axis: { values: sizes, format: ',d', grid: false } },
    y: { field: 'value', type: 'quantitative', title: axis, scale: { type: 'log' }, axis: { format: ',~g', tickCount: 5 } },
  } as const;
}

function growthPlot(values: readonly Grown[], { title, axis }: Growing, { frame, colour }: Layout): TopLevelSpec {
  return {
    ...frame,
    title: `${title}, by the number of passages`,
    width: 520,
    height: 340,
    data: { values: [...values] },
    mark: { type: 'line', point: { size: 36 } },
    encoding: {
      ...overSizes(values, axis),
      color: colour,
      strokeWidth: WIDTH_OF_LINE,
    },
  };
}

function storesPlot(speed: readonly SpeedFigures[], { frame }: Layout): TopLevelSpec {
  const titled = Object.values(GROWING).map(({ title, axis, value }) => ({ title: `${title}, ${axis}`, value }));
  const values = byStore(speed)
    .flatMap(({ store, figures }) => titled.map(({ title, value }) => ({ store, size: figures.size, title, value: value(figures) })))
    .filter(({ value }) => value !== undefined);
  return {
    ...frame,
    title: 'Isnad by where its index is kept, by the number of passages',
    data: { values },
    facet: { field: 'title', type: 'nominal', sort: titled.map(({ title }) => title), title: null },
    columns: 2,
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 320,
      height: 200,
      mark: { type: 'line', point: { size: 36 } },
      encoding: {
        ...overSizes(values, null),
        color: {
          field: 'store',
          type: 'nominal',
          title: null,
          scale: { domain: STORES.map(([, store]) => store), range: STORES.map(([peer]) => COLOURS[peer]) },
        },
      },
    },
  };
}

function riskPlot(quality: readonly QualityFigures[], names: Names, { frame, colour }: Layout): TopLevelSpec {
  const values = firstOnTop(quality).flatMap((figures) => {
    const shown = figures.riskCoverage.filter(({ coverage }) => coverage >= FEWEST);
    const every = Math.max(1, Math.ceil(shown.length / POINTS));
    return shown.filter((_, i) => i % every === 0).map((point) => ({ ...drawn(figures, names), set: figures.set, ...point }));
  });
  return {
    ...frame,
    title: 'Risk–coverage: wrong first passages among the questions answered, the surest first; half of all have no answer',
    data: { values },
    facet: { field: 'set', type: 'nominal', sort: [...SETS], title: null },
    columns: 2,
    spec: {
      width: 380,
      height: 240,
      mark: { type: 'line' },
      encoding: {
        x: { field: 'coverage', type: 'quantitative', title: 'share of the questions answered', scale: { domain: [0, 1] } },
        y: { field: 'risk', type: 'quantitative', title: 'wrong among them', scale: { domain: [0, 1] } },
        color: colour,
        strokeWidth: WIDTH_OF_LINE,
      },
    },
  };
}
