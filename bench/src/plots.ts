import type { TopLevelSpec } from 'vega-lite';
import type { QualityFigures } from './figures.ts';
import type { Named } from './jobs.ts';
import { PEER_IDS, type PeerId } from './peers.ts';
import { SETS } from './public-sets.ts';
import { STORES } from './scale.ts';
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
/** What of Isnad's two stores is drawn beside each other. */
const OF_STORES: readonly (readonly [title: string, value: (figures: SpeedFigures) => number | undefined])[] = [
  ['a question, median, ms', ({ question }) => question?.p50],
  ['building, passages a second', ({ build }) => build],
  ['memory of the bot, MB', ({ memory }) => memory && memory / 2 ** 20],
  ['disk, MB', ({ disk }) => disk && disk / 2 ** 20],
];
/** Points of a risk–coverage curve that are drawn. */
const POINTS = 100;
/** Share of the questions below which a curve is left out: it is of a few only. */
const FEWEST = 0.02;

/** The plots by file name without extension; without figures there is none. */
export function plotsOf(quality: readonly QualityFigures[], speed: readonly SpeedFigures[]): Record<string, TopLevelSpec> {
  const names = new Map([...quality, ...speed].map(({ peer, named }) => [peer, plotName(named)]));
  const layout = layoutOf(names);
  const growth = (title: string, axis: string, value: (figures: SpeedFigures) => number | undefined) =>
    growthPlot(
      firstOnTop(speed).flatMap((figures) => {
        const own = value(figures);
        return own === undefined || own === 0 ? [] : [{ ...drawn(figures, names), size: figures.size, value: own }];
      }),
      { title, axis, layout },
    );
  return {
    ...(quality.length > 0 && { recall: recallPlot(quality, names, layout), 'risk-coverage': riskPlot(quality, names, layout) }),
    ...(speed.length > 0 && {
      latency: growth('Time of a question, median', 'milliseconds', ({ question }) => question?.p50),
      build: growth('Building the index', 'passages a second', ({ build }) => build),
      memory: growth('Memory after the questions', 'megabytes', ({ memory }) => memory && memory / 2 ** 20),
      disk: growth('The index on the disk', 'megabytes', ({ disk }) => disk && disk / 2 ** 20),
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

interface Growth {
  readonly title: string;
  readonly axis: string;
  readonly layout: Layout;
}

function growthPlot(values: readonly { readonly size: number; readonly value: number }[], { title, axis, layout: { frame, colour } }: Growth): TopLevelSpec {
  const sizes = [...new Set(values.map(({ size }) => size))];
  return {
    ...frame,
    title: `${title}, by the number of passages`,
    width: 520,
    height: 340,
    data: { values: [...values] },
    mark: { type: 'line', point: { size: 36 } },
    encoding: {
      x: { field: 'size', type: 'quantitative', title: 'passages', scale: { type: 'log', nice: false }, axis: { values: sizes, format: ',d', grid: false } },
      y: { field: 'value', type: 'quantitative', title: axis, scale: { type: 'log' }, axis: { format: ',~g', tickCount: 5 } },
      color: colour,
      strokeWidth: WIDTH_OF_LINE,
    },
  };
}

function storesPlot(speed: readonly SpeedFigures[], { frame }: Layout): TopLevelSpec {
  const values = STORES.flatMap(([peer, store]) =>
    speed
      .filter((figures) => figures.peer === peer)
      .flatMap((figures) => OF_STORES.map(([title, value]) => ({ store, size: figures.size, title, value: value(figures) })))
      .filter(({ value }) => value !== undefined),
  );
  const sizes = [...new Set(values.map(({ size }) => size))];
  return {
    ...frame,
    title: 'Isnad by where its index is kept, by the number of passages',
    data: { values },
    facet: { field: 'title', type: 'nominal', sort: OF_STORES.map(([title]) => title), title: null },
    columns: 2,
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 320,
      height: 200,
      mark: { type: 'line', point: { size: 36 } },
      encoding: {
        x: { field: 'size', type: 'quantitative', title: 'passages', scale: { type: 'log', nice: false }, axis: { values: sizes, format: ',d', grid: false } },
        y: { field: 'value', type: 'quantitative', title: null, scale: { type: 'log' }, axis: { format: ',~g', tickCount: 5 } },
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
