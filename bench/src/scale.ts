/** How Isnad grows, in either of its stores, and what a million passages would take: on paper, from what was measured at 10,000 and 100,000. */
import { megabytes, NONE, number, seconds, table } from './format.ts';
import type { PeerId } from './peers.ts';
import type { SpeedFigures } from './speed-figures.ts';

/** Peers that differ in where their index is kept, as the table names it. */
export const STORES: readonly (readonly [PeerId, string])[] = [
  ['isnad', 'hnswlib, a folder'],
  ['isnad-pgvector', 'pgvector, Postgres'],
];
const PLANNED = 1_000_000;
const [SMALLER, LARGER] = [10_000, 100_000];

/** Isnad's figures, each with the store that they are of. */
export function byStore(speed: readonly SpeedFigures[]): { readonly store: string; readonly figures: SpeedFigures }[] {
  return STORES.flatMap(([peer, store]) => speed.filter((figures) => figures.peer === peer).map((figures) => ({ store, figures })));
}

/** In Markdown; nothing where nothing was measured. @param plot of both stores */
export function scaleSection(speed: readonly SpeedFigures[], plot: readonly string[]): string[] {
  const own = byStore(speed);
  if (own.length === 0) return [];
  const rows = own
    .sort((a, b) => a.figures.size - b.figures.size)
    .map(({ store, figures: { size, build, computed, question, sustained, memory, disk, cold, recall10 } }) => [
      size.toLocaleString('en'),
      store,
      recall10?.toFixed(4) ?? NONE,
      `${computed ? '≈ ' : ''}${build === undefined ? NONE : seconds((1000 * size) / build)}`,
      number(question?.p50),
      number(question?.p95),
      number(sustained),
      megabytes(memory),
      megabytes(disk),
      seconds(cold),
    ]);
  return [
    '## Isnad as it grows, and where its index is kept',
    '*recall@10*: of the ten vectors nearest to a question by comparing with all, the share that the approximate index finds. Memory is that of the bot; a database server has its own beside it, on the same machine here.',
    table(['passages', 'index kept in', 'recall@10', 'build, s', 'question ms: p50', 'p95', 'questions/s', 'memory, MB', 'disk, MB', 'start, s'], rows),
    ...plot,
    ...planned(speed),
  ];
}

/** What grows with the passages grows tenfold; what grows with their logarithm by as much as from the smaller size to the larger; nothing shrinks, whatever the machine's moods. */
function planned(speed: readonly SpeedFigures[]): string[] {
  const rows = STORES.flatMap(([peer, store]) => {
    const at = (size: number) => speed.find((figures) => figures.peer === peer && figures.size === size);
    const [smaller, larger] = [at(SMALLER), at(LARGER)];
    if (!smaller || !larger) return [];
    const linear = (of: (figures: SpeedFigures) => number | undefined) => {
      const [a, b] = [of(smaller), of(larger)];
      return a === undefined || b === undefined ? undefined : b + (Math.max(0, b - a) / (LARGER - SMALLER)) * (PLANNED - LARGER);
    };
    const logarithmic = (of: (figures: SpeedFigures) => number | undefined) => {
      const [a, b] = [of(smaller), of(larger)];
      return a === undefined || b === undefined ? undefined : b + Math.max(0, b - a);
    };
    return [
      [
        store,
        hours(linear(({ size, build }) => build && size / build)),
        gigabytes(linear(({ memory }) => memory)),
        gigabytes(linear(({ disk }) => disk)),
        seconds(linear(({ cold }) => cold)),
        range(number(logarithmic(({ question }) => question?.p50)), number(linear(({ question }) => question?.p50))),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    '### A million passages, on paper',
    `Computed from what was measured at ${SMALLER.toLocaleString('en')} and ${LARGER.toLocaleString('en')} passages, not measured. Time of building, memory, disk and start are taken to grow with the number of passages. A question is between growing with its logarithm (the graph) and with the number itself (BM25 goes through the passages of its terms, and reads from the disk find less in the caches); one number: it did not grow between the two.`,
    table(['index kept in', 'build, hours', 'memory of the bot, GB', 'disk, GB', 'start, s', 'question ms, p50'], rows),
    'What it costs: the build is one machine for that long, once, as a changed report embeds its own passages only; divided by its cores if more of them are there. The disk is mostly what the reader keeps of each token (1.5 KB); without a reader it is a fifth. Each further process of the bot takes its memory again, but neither build nor disk where the index is in Postgres.',
  ];
}

function range(low: string, high: string): string {
  return low === high ? low : `${low} to ${high}`;
}

function hours(inSeconds: number | undefined): string {
  return number(inSeconds === undefined ? undefined : inSeconds / 3600);
}

function gigabytes(bytes: number | undefined): string {
  return number(bytes === undefined ? undefined : bytes / 2 ** 30);
}
