/** Tables and plots of all that was measured, in docs/bench and in the repository's README. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { type QualityFigures, qualityFigures, RANKING } from './figures.ts';
import { estimate, figure, megabytes, NONE, number, seconds, size as sizeName, table } from './format.ts';
import { ROOT } from './isnad.ts';
import type { Named } from './jobs.ts';
import type { Machine } from './machine.ts';
import { howItWasMeasured } from './method.ts';
import { PEER_IDS, type PeerId } from './peers.ts';
import { plotsOf } from './plots.ts';
import { SETS, type SetName } from './public-sets.ts';
import { scaleSection } from './scale.ts';
import { floorAt, type SpeedFigures, speedFigures } from './speed-figures.ts';
import { OUT, type Store } from './store.ts';

const README = join(ROOT, 'README.md');
const IN_README = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/u;
/** Sizes in the README's table. */
const SHORT_SIZES = [14, 1000, 10_000, 100_000] as const;

/** @param folder of the public sets */
export async function writeReport(store: Store, folder: string): Promise<void> {
  const [quality, speed] = [await qualityFigures(store, folder), await speedFigures(store)];
  const plots = plotsOf(quality, speed);
  mkdirSync(OUT, { recursive: true });
  for (const [name, spec] of Object.entries(plots)) {
    const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
    writeFileSync(join(OUT, `${name}.svg`), `${await view.toSVG()}\n`);
  }
  const plot = (name: string) => (name in plots ? [`![${name}](${name}.svg)`] : []);
  writeFileSync(
    join(OUT, 'README.md'),
    `${[
      '# Beside what people would use instead',
      `Written by \`npm run bench --prefix bench -- <folder of public sets>\`${measuredOn(store)} Everything measured is in [bench.json](bench.json).`,
      '## How it was measured',
      howItWasMeasured(),
      ...(quality.length > 0 ? ['## The right passage', ...SETS.flatMap((set) => qualityTable(set, quality)), ...plot('recall')] : []),
      ...plot('risk-coverage'),
      ...(speed.length > 0 ? ['## Speed and size', ...store.sizes.flatMap((size) => speedTable(size, speed, store))] : []),
      ...['latency', 'build', 'memory', 'disk'].flatMap(plot),
      ...scaleSection(speed, plot('stores')),
      ...failures(store),
    ].join('\n\n')}\n`,
  );
  const short = [
    shortTable(quality, speed, store),
    ...('latency' in plots ? ['', '![Time of a question by the number of passages](docs/bench/latency.svg)'] : []),
  ];
  const readme = readFileSync(README, 'utf8');
  writeFileSync(
    README,
    readme.replace(IN_README, (_, open: string, close: string) => `${open}${short.join('\n')}\n${close}`),
  );
}

function measuredOn({ machine, dates }: Store): string {
  if (!machine || !dates) return '.';
  const when = dates[0] === dates[1] ? `on ${dates[0]}` : `from ${dates[0]} to ${dates[1]}`;
  return ` ${when} on ${hardware(machine)}, Node.js ${machine.node} (${machine.platform}), model \`${machine.model}\`, ${versions(machine)}.`;
}

function hardware({ cores, cpu, memory }: Machine): string {
  return `${cores} cores (${cpu}), ${Math.round(memory / 2 ** 30)} GB of memory`;
}

function versions({ versions: all }: Machine): string {
  return ['@huggingface/transformers', 'onnxruntime-node'].map((name) => `${name} ${all[name] ?? 'unknown'}`).join(', ');
}

function label({ name, what }: Named): string {
  return `${name}, ${what}`;
}

/** Isnad's rows stand out. */
function row(peer: PeerId, named: Named, cells: readonly string[]): string[] {
  return [peer === 'isnad' ? `**${label(named)}**` : label(named), ...cells];
}

function qualityTable(set: SetName, quality: readonly QualityFigures[]): string[] {
  const own = quality.filter((figures) => figures.set === set);
  if (own.length === 0) return [];
  return [
    `### ${set}`,
    table(
      ['', 'R@1', 'R@3', 'R@5', 'MRR', 'nDCG@10', 'AUC'],
      own.map(({ peer, named, ranking, auc }) => row(peer, named, [...RANKING.map((key) => estimate(ranking[key])), estimate(auc)])),
    ),
  ];
}

function speedTable(size: number, speed: readonly SpeedFigures[], store: Store): string[] {
  const own = speed.filter((figures) => figures.size === size);
  const floor = floorAt(store, size);
  return [
    `### ${size.toLocaleString('en')} passages`,
    table(
      [
        '',
        'build, passages/s',
        '… of the raw model',
        'question ms: p50',
        'p95',
        'p99',
        '× raw model',
        '× fastest',
        'questions/s',
        'start, s',
        'memory, MB',
        'disk, MB',
      ],
      own.map((figures) =>
        row(figures.peer, figures.named, [
          approximately(figures, number(figures.build)),
          figures.ofFloor === undefined ? NONE : approximately(figures, `${Math.round(100 * figures.ofFloor)} %`),
          number(figures.question?.p50),
          number(figures.question?.p95),
          number(figures.question?.p99),
          figures.timesFloor?.toFixed(2) ?? NONE,
          figures.timesFastest?.toFixed(2) ?? NONE,
          number(figures.sustained),
          start(figures),
          megabytes(figures.memory),
          figures.disk === 0 ? 'not saved' : megabytes(figures.disk),
        ]),
      ),
    ),
    ...(floor
      ? [
          `The raw model: a question ${number(floor.encoder.p50)} ms (p95 ${number(floor.encoder.p95)}, p99 ${number(floor.encoder.p99)}), with the reader ${number(floor.reader.p50)} ms more (p95 ${number(floor.reader.p95)}, p99 ${number(floor.reader.p99)}); ${number(floor.passages)} passages a second, ${number(floor.passagesRemembered)} with what the reader keeps of them.`,
        ]
      : []),
    `Stages of a question, median ms: ${own
      .filter(({ question }) => question)
      .map(({ named, stages }) => `${label(named)}: ${stagesOf(stages)}`)
      .join('; ')}.`,
  ];
}

function stagesOf(stages: Readonly<Record<string, number>>): string {
  return Object.entries(stages)
    .filter(([, time]) => time > 0)
    .map(([stage, time]) => `${stage} ${time.toFixed(1)}`)
    .join(', ');
}

function approximately({ computed }: SpeedFigures, text: string): string {
  return computed && text !== NONE ? `≈ ${text}` : text;
}

/** Seconds; what saves nothing embeds at every start, which is computed where the build is. */
function start(figures: SpeedFigures): string {
  return figures.disk === 0 ? approximately(figures, seconds(figures.cold)) : seconds(figures.cold);
}

function failures(store: Store): string[] {
  if (store.failures.length === 0) return [];
  return [
    '## What failed',
    table(
      ['', 'why'],
      store.failures.map(({ key, reason }) => [key.replaceAll('/', ' · '), reason.replaceAll('|', '\\|')]),
    ),
  ];
}

function shortTable(quality: readonly QualityFigures[], speed: readonly SpeedFigures[], store: Store): string {
  const named = new Map<PeerId, Named>([...quality, ...speed].map((figures) => [figures.peer, figures.named]));
  const rows = PEER_IDS.flatMap((peer) => {
    const own = named.get(peer);
    if (!own) return [];
    const of = (set: SetName) => quality.find((figures) => figures.peer === peer && figures.set === set);
    const at = (size: number) => speed.find((figures) => figures.peer === peer && figures.size === size);
    const failed = (size: number) => (['build', 'serve'] as const).some((job) => store.failure(`speed/${size}/${peer}/${job}`) !== undefined);
    return [
      row(peer, own, [
        ...SETS.map((set) => figure(of(set)?.ranking.recall1.value)),
        figure(of('XQuAD ar→ar')?.auc.value),
        ...SHORT_SIZES.map((size) => (failed(size) ? 'fails' : number(at(size)?.question?.p50))),
        number(at(1000)?.build),
        seconds(at(14)?.cold),
      ]),
    ];
  });
  const questions = SHORT_SIZES.map((size, i) => (i === 0 ? `question ms at ${sizeName(size)}` : sizeName(size)));
  return table(['', 'R@1 XQuAD ar→ar', 'en→ar', 'en→en', 'ARCD', 'AUC', ...questions, 'build, passages/s at 1 k', 'start at 14, s'], rows);
}
