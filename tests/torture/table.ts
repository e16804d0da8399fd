import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import { afterAll, expect } from 'vitest';
import { Progress } from '../../src/cli/output.ts';
import { ROOT } from './program.ts';

/** How much of everything is done, 0 … 1: `TORTURE_SCALE=0.02` is a quick look, which changes no table. */
const SCALE = Number(process.env['TORTURE_SCALE'] ?? 1);
/** Parts in the order of the table. */
const PARTS = ['Load', 'Soak', 'Interruptions', 'Damage', 'Disks', 'Discord', 'Updates', 'Hostile input'] as const;
const README = join(ROOT, 'README.md');
const TABLE = /(<!-- reliability -->\n)([\s\S]*?)(<!-- \/reliability -->)/u;

/** That many at full scale, at least one. */
export function some(count: number): number {
  return Math.max(1, Math.round(count * SCALE));
}

/** The findings of a part: told as they come; at its end they replace the part's rows of the README's table. */
export class Findings {
  readonly #part: (typeof PARTS)[number];
  readonly #rows: { readonly what: string; readonly figure: string; readonly met: boolean }[] = [];

  constructor(part: (typeof PARTS)[number]) {
    this.#part = part;
    afterAll(() => {
      if (SCALE >= 1) this.#publish();
    });
  }

  /** @param met whether the figure is what was promised */
  add(what: string, figure: string, met = true): void {
    this.#rows.push({ what, figure, met });
    const colour = process.stdout.isTTY;
    const line = `${met ? styleText('green', '✓') : styleText('red', '✗')} ${what}: ${styleText('bold', figure)}\n`;
    process.stdout.write(colour ? line : stripVTControlCharacters(line));
    expect.soft(met, `${what}: ${figure}`).toBe(true);
  }

  #publish(): void {
    const readme = readFileSync(README, 'utf8');
    const before = TABLE.exec(readme)?.[2]?.split('\n').slice(2) ?? [];
    const rows = PARTS.flatMap((part) =>
      part === this.#part
        ? this.#rows.map(({ what, figure, met }) => `| ${part} | ${what} | ${figure}${met ? '' : ' **✗**'} |`)
        : before.filter((row) => row.startsWith(`| ${part} |`)),
    );
    writeFileSync(
      README,
      readme.replace(TABLE, (_, open: string, __, close: string) =>
        [`${open}| | what was done | what came of it |`, '|---|---|---|', ...rows, close].join('\n'),
      ),
    );
  }
}

/** Does something that many times, with a bar; how often it gave `true`. */
export async function count(label: string, times: number, once: (i: number) => Promise<boolean> | boolean): Promise<number> {
  const bar = new Progress(label);
  let good = 0;
  for (let i = 0; i < times; i++) {
    if (await once(i)) good++;
    bar.update(i + 1, times);
  }
  bar.finish();
  return good;
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** Waits; @param milliseconds */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
