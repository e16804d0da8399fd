import { recombined } from './passages.ts';
import { writeFileSync } from 'node:fs';
for (const [n, f] of [[14,'p14'],[1000,'p1k']] as const) writeFileSync(`/tmp/bw/${f}/texts.json`, JSON.stringify(await recombined('/work/shared/eval', n)));
