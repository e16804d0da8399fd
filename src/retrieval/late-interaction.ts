import type { TokenStates } from '../indexing/token-states.ts';

/** For one question token, the passage token most like it. */
export interface TokenMatch {
  /** Token of the index's states. */
  readonly token: number;
  readonly cosine: number;
}

/**
 * Best match of every question token among tokens `from` to `to` (exclusive) of the stored states.
 *
 * @param question unit token states [tokens × dimensions]
 * @returns one match a question token; empty when either side has no tokens
 */
export function bestMatches(question: Float32Array, states: TokenStates, from: number, to: number): TokenMatch[] {
  if (to <= from) return [];
  const matches: TokenMatch[] = [];
  for (let at = 0; at < question.length; at += states.dimensions) {
    let token = from;
    let cosine = -1;
    for (let candidate = from; candidate < to; candidate++) {
      const similarity = states.cosine(question, at, candidate);
      if (similarity > cosine) {
        cosine = similarity;
        token = candidate;
      }
    }
    matches.push({ token, cosine });
  }
  return matches;
}

/** MaxSim: the mean over question tokens of their best cosine (Khattab & Zaharia 2020, arXiv 2004.12832); 0 without tokens. */
export function maxSim(matches: readonly TokenMatch[]): number {
  return matches.length === 0 ? 0 : matches.reduce((sum, match) => sum + match.cosine, 0) / matches.length;
}
