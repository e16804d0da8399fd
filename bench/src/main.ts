import { writeFileSync } from 'node:fs';
import { recombined } from './passages.ts';

for (const [n, f] of [
  [14, 'p14'],
  [1000, 'p1k'],
] as const)
  writeFileSync(`/tmp/bw/${f}/texts.json`, JSON.stringify(await recombined('/work/shared/eval', n)));
