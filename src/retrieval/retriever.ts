import type { Encoder } from '../embedding/encoder.ts';
import type { IndexedPassage, ReportIndex } from '../indexing/report-index.ts';
import { fuse, type Signals } from './fusion.ts';
import { bestMatches, maxSim, type TokenMatch } from './late-interaction.ts';

/** Candidates that each of the two first stages may name. */
const CANDIDATES = 32;

/** A passage in the order of how well it fits a question. */
export interface RankedPassage extends IndexedPassage, Signals {
  /** Place in the index's passages. */
  readonly label: number;
  /** Fused score: compares within one question only. */
  readonly score: number;
  /** Best passage token of each question token. */
  readonly matches: readonly TokenMatch[];
}

export interface Retrieval {
  readonly index: ReportIndex;
  /** Unit token states of the question [tokens × dimensions]. */
  readonly questionStates: Float32Array;
  /** For each question token the span of its word in the question, start and end. */
  readonly questionSpans: Uint32Array;
  /** Best first. */
  readonly ranked: readonly RankedPassage[];
}

/**
 * A question becomes ranked passages:
 *
 * ```
 * question ─▶ vector ──▶ HNSW ──┐
 *         ├─▶ terms ───▶ BM25 ──┴▶ candidates ─▶ late interaction ─▶ fusion
 *         └─▶ token states ─────────────────────────┘
 * ```
 *
 * @param index the passages to rank; a question keeps the index it began with
 */
export async function retrieve(question: string, index: ReportIndex, encoder: Encoder): Promise<Retrieval> {
  const [encoded] = await encoder.encode([question], 'query');
  if (!encoded) throw new Error('The encoder gave nothing for the question.');
  const lexical = index.lexical.search(question);
  const dense = denseCandidates(index, encoded.vectors);
  const best = [...lexical].sort((a, b) => b[1] - a[1]).slice(0, CANDIDATES);
  const labels = new Set([...dense.keys(), ...best.map(([label]) => label)]);
  const candidates = [...labels].flatMap((label) => {
    const indexed = index.passages[label];
    if (!indexed) return [];
    const matches = bestMatches(encoded.states, index.states, index.states.offsets[label] ?? 0, index.states.offsets[label + 1] ?? 0);
    // A passage that only its words brought in was no dense neighbour: it takes the cosine of the furthest one that was.
    const cosine = dense.get(label) ?? Math.min(...dense.values());
    return [{ ...indexed, label, dense: cosine, lexical: lexical.get(label) ?? 0, late: maxSim(matches), matches }];
  });
  const scores = fuse(candidates);
  const ranked = candidates.map((candidate, i) => ({ ...candidate, score: scores[i] ?? 0 })).sort((a, b) => b.score - a.score || a.label - b.label);
  return { index, questionStates: encoded.states, questionSpans: encoded.spans, ranked };
}

/** Cosine of each passage near the question: that of its nearest window. */
function denseCandidates(index: ReportIndex, vectors: Float32Array): Map<number, number> {
  const cosines = new Map<number, number>();
  for (const { label, cosine } of index.vectors.search(vectors, CANDIDATES)) {
    const passage = index.vectorPassage[label];
    if (passage !== undefined && !cosines.has(passage)) cosines.set(passage, cosine);
  }
  return cosines;
}
