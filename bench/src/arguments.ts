import { parseArgs } from 'node:util';
import { IN_POSTGRES, PEER_IDS } from './peers.ts';

const USAGE = 'npm run bench --prefix bench -- <folder of public sets> [--sizes 14,1000] [--parts quality,speed] [--peers a,b] [--anew] [--work <folder>]';
const PARTS = ['quality', 'speed'] as const;
const SIZES = [14, 1000, 10_000, 100_000];

/** @throws with one line that says what is wrong */
export function argumentsOf(given: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { sizes: { type: 'string' }, parts: { type: 'string' }, peers: { type: 'string' }, anew: { type: 'boolean' }, work: { type: 'string' } },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new Error(`Usage: ${USAGE}`);
  return {
    folder,
    sizes: values.sizes === undefined ? SIZES : listed(values.sizes).map(sizeOf),
    parts: values.parts === undefined ? PARTS : chosen('--parts', values.parts, PARTS),
    peers: values.peers === undefined ? PEER_IDS.filter((peer) => hasDatabase() || !IN_POSTGRES.includes(peer)) : chosen('--peers', values.peers, PEER_IDS),
    anew: values.anew ?? false,
    work: values.work,
  };
}

function listed(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function sizeOf(text: string): number {
  if (!/^[1-9]\d{0,6}$/u.test(text)) throw new Error(`--sizes: "${text}" is not a number of passages.`);
  return Number(text);
}

/** In the order of the tables, whatever order they were named in. */
function chosen<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const named = listed(text);
  const unknown = named.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`${option}: there is no "${unknown}", only ${known.join(', ')}.`);
  return known.filter((one) => named.includes(one));
}

function hasDatabase(): boolean {
  // biome-ignore lint/style/noProcessEnv: who measures says so by the variable that the program reads.
  return process.env['DATABASE_URL'] !== undefined;
}
