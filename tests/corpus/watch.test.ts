import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchReports } from '../../src/corpus/watch.ts';
import { temporaryFolder } from '../support/app.ts';

/** Watches a folder; `told` gives the number of calls once there are that many. */
function watched(folder: string) {
  const waiting = new Map<number, () => void>();
  const seen = { calls: 0, atOnce: 0 };
  const watch = watchReports(folder);
  watch.onChange(async () => {
    seen.atOnce++;
    expect(seen.atOnce).toBe(1);
    await new Promise(setImmediate);
    seen.atOnce--;
    waiting.get(++seen.calls)?.();
  });
  const told = (calls: number) => (seen.calls >= calls ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(calls, resolve)));
  return { ...watch, seen, told };
}

test('changes to reports and translations are told once they have settled; nothing after the end', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.txt'), 'one');
  const first = watched(folder);
  await first.ready;
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, `c${i}.txt`), 'text');
  rmSync(join(folder, 'a.txt'));
  await first.told(1);
  mkdirSync(join(folder, 'translations', 'en'), { recursive: true });
  writeFileSync(join(folder, 'translations', 'en', 'c1.txt'), 'text');
  await first.told(2);
  // 22 changes, two calls; one more only where the machine was busy for a second between them.
  expect(first.seen.calls).toBeLessThanOrEqual(4);
  const second = watched(folder);
  await second.ready;
  await first.close();
  const { calls } = first.seen;
  writeFileSync(join(folder, 'd.txt'), 'text');
  await second.told(1);
  expect(first.seen.calls).toBe(calls);
  await second.close();
});

test('what changed before anybody listened is told once somebody does', async () => {
  const folder = temporaryFolder();
  const [early, late] = [watchReports(folder), watched(folder)];
  await Promise.all([early.ready, late.ready]);
  writeFileSync(join(folder, 'a.txt'), 'one');
  // Both have the same patience, and the first began to watch first.
  await late.told(1);
  await new Promise<void>((resolve) => early.onChange(() => Promise.resolve(resolve())));
  await Promise.all([early.close(), late.close()]);
});

test('a folder that is not there is no error', async () => {
  const watch = watchReports(join(temporaryFolder(), 'none'));
  await watch.ready;
  await watch.close();
});
