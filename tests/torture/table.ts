import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';

/** A line of the table: what was done, how much of it, what came of it. */
export interface Finding {
  readonly what: string;
  readonly figure: string;
  readonly met: boolean;
}

/** Findings as they come, and the table of them all. */
export class Findings {
  readonly #all: Finding[] = [];

  add(what: string, figure: string, met: boolean): void {
    this.#all.push({ what, figure, met });
    const mark = met ? styleText('green', '✓') : styleText('red', '✗');
    process.stdout.write(`${mark} ${what}: ${styleText('bold', figure)}\n`);
  }

  get failed(): readonly Finding[] {
    return this.#all.filter(({ met }) => !met);
  }

  /** Writes the table as Markdown. */
  write(file: string): void {
    const rows = this.#all.map(({ what, figure, met }) => `| ${what} | ${figure} | ${met ? '✓' : '✗'} |`);
    writeFileSync(file, ['| | | |', '|---|---|---|', ...rows, ''].join('\n'));
  }
}

/** The value below which a share of the values lie. @param share 0 … 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
