import type { Document, Passage } from '../corpus/document.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import type { QuantizedStates } from '../indexing/token-states.ts';
import { dot } from '../indexing/vector-index.ts';
import type { Span } from '../text/span.ts';

/** How much a sentence that says again what was chosen already is held back: maximal marginal relevance (Carbonell & Goldstein 1998), λ = 0.6. */
const NOVELTY = 0.4;
/** What opens a news report is its gist: a sentence's weight falls from 1 at the top to this at the end. */
const LAST_WEIGHT = 0.75;
/** Shorter sentences (UTF-16 code units) carry no statement of their own. */
const SHORTEST = 40;

/** A sentence of a report, verbatim. */
export interface KeySentence extends Span {
  readonly passage: Passage;
  readonly text: string;
}

/**
 * The sentences that together say most of what a report says, in its own order. Each is scored by how near its mean token state lies to that of the
 * whole report (centroid summarization, Radev et al. 2004) and by its place, and chosen for what it adds to those chosen before.
 *
 * @param document of the index's documents
 * @param count of sentences; fewer when the report has no more. Title and standfirst are not among them
 */
export async function keySentences(document: Document, index: ReportIndex, count: number): Promise<KeySentence[]> {
  const paragraphs = index.passages.flatMap(({ document: own, passage }, label) =>
    own.id === document.id && passage.kind === 'paragraph' ? [{ passage, label }] : [],
  );
  const states = await index.texts.states(paragraphs.map(({ label }) => label));
  const candidates = paragraphs.flatMap(({ passage }, i) => (states[i] ? sentencesOf(passage, states[i]) : []));
  const centroid = unit(sum(candidates.map(({ vector }) => vector)));
  const weighted = candidates.map((candidate, i) => ({
    ...candidate,
    weight: dot(candidate.vector, centroid) * (1 - (1 - LAST_WEIGHT) * (i / Math.max(1, candidates.length - 1))),
  }));
  const chosen: typeof weighted = [];
  const value = ({ vector, weight }: (typeof weighted)[number]) => weight - NOVELTY * Math.max(0, ...chosen.map((other) => dot(vector, other.vector)));
  while (chosen.length < count && chosen.length < weighted.length) {
    const rest = weighted.filter((candidate) => !chosen.includes(candidate));
    chosen.push(rest.reduce((best, candidate) => (value(candidate) > value(best) ? candidate : best)));
  }
  return chosen.sort((a, b) => a.start - b.start).map(({ passage, text, start, end }) => ({ passage, text, start, end }));
}

function sentencesOf(passage: Passage, states: QuantizedStates): (KeySentence & { readonly vector: Float32Array })[] {
  return passage.sentences.flatMap(({ start, end }) => {
    const tokens: number[] = [];
    for (let token = 0; token < states.scales.length; token++) {
      const from = (states.spans[2 * token] ?? 0) + passage.start;
      if (from >= start && from < end) tokens.push(token);
    }
    const text = passage.text.slice(start - passage.start, end - passage.start);
    return tokens.length > 0 && text.length >= SHORTEST ? [{ passage, start, end, text, vector: unit(meanState(tokens, states)) }] : [];
  });
}

function meanState(tokens: readonly number[], { values, scales }: QuantizedStates): Float32Array {
  const dimensions = values.length / scales.length;
  const mean = new Float32Array(dimensions);
  for (const token of tokens) {
    const scale = (scales[token] ?? 0) / tokens.length;
    for (let k = 0; k < dimensions; k++) mean[k] = (mean[k] ?? 0) + (values[token * dimensions + k] ?? 0) * scale;
  }
  return mean;
}

function sum(vectors: readonly Float32Array[]): Float32Array {
  const total = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let k = 0; k < total.length; k++) total[k] = (total[k] ?? 0) + (vector[k] ?? 0);
  return total;
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector) || 1;
  return vector.map((x) => x / norm);
}
