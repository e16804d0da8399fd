/** Numbers as tables show them; `–` where there is none. */
import type { Estimate } from './figures.ts';

export const NONE = '–';

/** A figure between 0 and 1, as in print: `.938`. */
export function figure(x: number | undefined): string {
  return x === undefined || Number.isNaN(x) ? NONE : x.toFixed(3).replace(/^0/u, '');
}

export function estimate(own: Estimate | undefined): string {
  return own ? `${figure(own.value)} [${figure(own.low)}, ${figure(own.high)}]` : NONE;
}

/** At least two digits that say something. */
export function number(x: number | undefined): string {
  if (x === undefined) return NONE;
  if (x < 1) return x.toFixed(2);
  return x < 10 ? x.toFixed(1) : Math.round(x).toLocaleString('en');
}

/** @param milliseconds shown as seconds */
export function seconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? NONE : number(milliseconds / 1000);
}

/** @param bytes shown as megabytes */
export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? NONE : number(bytes / 2 ** 20);
}

/** `14`, `1 k`, `100 k`. */
export function size(passages: number): string {
  return passages < 1000 ? String(passages) : `${passages / 1000} k`;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
