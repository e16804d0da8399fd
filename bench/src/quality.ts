/** How well the right passages are found: every peer, every public set, all questions. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { figure } from './format.ts';
import { measuring } from './isnad.ts';
import { isWanted, measure, type Plan } from './measure.ts';
import type { PeerId } from './peers.ts';
import { SETS } from './public-sets.ts';
import { run } from './run.ts';
import type { Key } from './store.ts';

export function qualityKeys(peers: readonly PeerId[]): Key[] {
  return SETS.flatMap((set) => peers.map((peer) => `quality/${set}/${peer}` as const));
}

export async function measureQuality(plan: Plan, peers: readonly PeerId[]): Promise<void> {
  const { mean } = await measuring();
  for (const set of SETS) {
    for (const peer of peers) {
      const key = `quality/${set}/${peer}` as const;
      if (!isWanted(plan, key)) continue;
      const folder = join(plan.work, 'quality', peer);
      await measure(
        plan,
        key,
        () => run({ job: 'quality', peer, set, sets: plan.sets, folder }),
        ({ ranks }) => `R@1 ${figure(mean(ranks.map((rank) => (rank === 1 ? 1 : 0))))}`,
      );
      await rm(folder, { recursive: true, force: true });
    }
  }
}
