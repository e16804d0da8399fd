import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argumentsOf } from './arguments.ts';
import { ROOT } from './isnad.ts';
import { machine } from './machine.ts';
import { isWanted } from './measure.ts';
import { readPublic, SETS } from './public-sets.ts';
import { measureQuality, qualityKeys } from './quality.ts';
import { writeReport } from './report.ts';
import { measureSpeed, speedKeys } from './speed.ts';
import { OUT, Store } from './store.ts';
import { Terminal } from './terminal.ts';

try {
  await bench(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error instanceof Error ? error.message : String(error)).split('\n')[0]}\n`);
  process.exitCode = 1;
}

async function bench(given: readonly string[]): Promise<void> {
  const { folder, sizes, parts, peers, anew, work = join(ROOT, 'bench/work') } = argumentsOf(given);
  for (const set of SETS) await readPublic(folder, set);
  const store = new Store();
  const keys = [...(parts.includes('quality') ? qualityKeys(peers) : []), ...(parts.includes('speed') ? sizes.flatMap((size) => speedKeys(size, peers)) : [])];
  const wanted = keys.filter((key) => isWanted({ store, anew }, key));
  const terminal = new Terminal(wanted.length);
  if (wanted.length < keys.length) terminal.line(`${keys.length - wanted.length} of ${keys.length} are there already (--anew measures them again).`);
  mkdirSync(work, { recursive: true });
  const plan = { store, terminal, sets: resolve(folder), work: resolve(work), anew };
  try {
    if (wanted.length > 0 && (anew || !store.machine)) await store.setMachine(await machine());
    if (parts.includes('quality')) await measureQuality(plan, peers);
    if (parts.includes('speed')) await measureSpeed(plan, sizes, peers);
  } finally {
    terminal.finish();
  }
  await writeReport(store, folder);
  process.stdout.write(`Tables and plots are in ${OUT}.\n`);
}
