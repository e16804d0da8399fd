/** A run of tokens that goes through the model in one pass. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** Tokens whose states are kept from this window; the windows' kept runs follow each other without gap. */
  readonly keepStart: number;
  readonly keepEnd: number;
}

/**
 * Cuts a token sequence into windows of at most `size` that overlap by `overlap`. In an overlap each token's state is kept from the
 * window in which it stands further from the edge, where it has seen more context:
 *
 * ```
 * tokens   0 1 2 3 4 5 6 7 8 9        size 6, overlap 2
 * window 1 [0 1 2 3 4|5]              keeps 0–4
 * window 2         [4|5 6 7 8 9]      keeps 5–9
 * ```
 *
 * @param length number of tokens; 0 gives one empty window
 */
export function windows(length: number, size: number, overlap: number): Window[] {
  if (length <= size) return [{ start: 0, end: length, keepStart: 0, keepEnd: length }];
  const result: Window[] = [];
  const step = size - overlap;
  for (let start = 0, kept = 0; kept < length; start += step) {
    const end = Math.min(length, start + size);
    const keepEnd = end === length ? length : end - Math.floor(overlap / 2);
    result.push({ start, end, keepStart: kept, keepEnd });
    kept = keepEnd;
  }
  return result;
}
