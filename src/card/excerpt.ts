import type { Span } from '../text/span.ts';
import { breakLines, type Line, type LineLayout, largest, type StyledText } from './layout.ts';

/** What is shown of a text: itself, or a stretch of it with an ellipsis where something is left out. */
export interface Excerpt extends StyledText {
  readonly lines: readonly Line[];
}

/** No excerpt has more UTF-16 units than this on either side of what it must show: nothing longer needs to be measured. */
const REACH = 1_000;
const UNIT = /[^ ]{1,40}/gu;

/**
 * As much of a text as fits into the lines there are: all of it, else whole words around what matters most.
 *
 * @param keep spans, each inside the one before: the first that fits is shown with as much around it as fits, and nothing outside the one before
 *   it. From the start of the last as much as fits, if none does.
 */
export function excerpt(styled: StyledText, keep: readonly Span[], layout: LineLayout): Excerpt {
  let outer: Span = { start: 0, end: styled.text.length };
  for (const inner of keep) {
    const found = around(styled, inner, outer, layout);
    if (found) return found;
    outer = inner;
  }
  const start = { start: outer.start, end: outer.start };
  return around(styled, start, outer, layout) ?? { text: '', styles: [], lines: [] };
}

/** The widest window that holds `inner`, lies in `outer` and fits; as many words on one side of `inner` as on the other, while there are any. */
function around(styled: StyledText, inner: Span, outer: Span, layout: LineLayout): Excerpt | undefined {
  if (inner.end - inner.start > 2 * REACH) return undefined;
  const reach = { start: Math.max(outer.start, inner.start - REACH), end: Math.min(outer.end, inner.end + REACH) };
  const units = [...styled.text.slice(reach.start, reach.end).matchAll(UNIT)].map((unit) => ({
    start: unit.index + reach.start,
    end: unit.index + reach.start + unit[0].length,
  }));
  const before = units.filter((unit) => unit.start < inner.start).reverse();
  const after = units.filter((unit) => unit.end > inner.end);
  const shown = (count: number) => {
    const start = before[Math.min(count, before.length) - 1]?.start ?? inner.start;
    const end = after[Math.min(count, after.length) - 1]?.end ?? inner.end;
    return set(styled, { start, end }, layout);
  };
  return shown(largest(Math.max(before.length, after.length), (count) => shown(count) !== undefined));
}

/** A stretch of a text in lines; `undefined` where it does not fit. */
function set({ text, styles }: StyledText, { start, end }: Span, layout: LineLayout): Excerpt | undefined {
  const opening = start > 0 ? '… ' : '';
  const closing = end < text.length ? ' …' : '';
  const place = (at: number) => opening.length + Math.min(Math.max(at, start), end) - start;
  const shown = {
    text: opening + text.slice(start, end) + closing,
    styles: styles.map((span) => ({ start: place(span.start), end: place(span.end), style: span.style })),
  };
  const lines = breakLines(shown, layout);
  return lines && { ...shown, lines };
}
