import { performance } from 'node:perf_hooks';
import type { Document } from '../corpus/document.ts';
import type { Encoded, Encoder, Memory, Reading } from '../embedding/encoder.ts';
import { type IndexedPassage, labelsOf, type ReportIndex } from '../indexing/report-index.ts';
import type { QuantizedStates } from '../indexing/token-states.ts';
import type { Span } from '../text/span.ts';
import { wordsAt } from '../text/words.ts';
import { fuse, type Signals, withRelevance } from './fusion.ts';
import { bestMatches, maxSim, type TokenMatch } from './late-interaction.ts';

/** Candidates that each of the two first stages may name. */
const CANDIDATES = 32;
/** Passages that the reader reads: on the dev split of the training reports the right one is among them for 96 of 100 questions. */
const READ = 5;
/**
 * How far behind the best, by the logit of the fused score, a passage may be and still be read: on half of the dev reports as many first passages are right as
 * with all five (with 1, a few fewer), and when nothing answers is known as well (AUC), while 3.4 are read for a hard question and 1.3 for a plain one.
 */
const READ_WITHIN = 1.5;
/** Of them, those whose translation is read too: on dev reports with a translation two bring nearly all that five do. */
const READ_TRANSLATED = 2;

/** A passage in the order of how well it fits a question. */
export interface RankedPassage extends IndexedPassage, Signals {
  /** Place in the index's passages. */
  readonly label: number;
  /** Score of the ranking: compares within one question only. */
  readonly score: number;
  /** Score before the reader's say. */
  readonly fused: number;
  readonly states: QuantizedStates;
  /** Best passage token of each question token. */
  readonly matches: readonly TokenMatch[];
  /** The same in its translation, if it has one. */
  readonly translated: readonly TokenMatch[] | undefined;
  /** What the reader made of it; `undefined` without a reader and for all but the best few. */
  readonly reading: PassageReading | undefined;
}

/** What the reader made of a passage. */
export interface PassageReading {
  /** How well it answers, a logit; "no answer" has 0. Of a passage read in two texts the mean, which errs less than either: for the ranking. */
  readonly relevance: number;
  /** The higher of the two: for knowing whether anything answers, as what answers in one text answers. */
  readonly highest: number;
  /** The words that answer if the passage does, in the document's source; `undefined` if there are none. */
  readonly answer: Span | undefined;
}

export interface Retrieval {
  readonly index: ReportIndex;
  /** The question as encoded. */
  readonly question: Encoded;
  /** Best first. */
  readonly ranked: readonly RankedPassage[];
  /** Milliseconds that each stage took. */
  readonly times: StageTimes;
}

/** Which passages of an index may be found; default: all. */
export interface Scope {
  /** Those of one of its reports only. */
  readonly within?: Document | undefined;
  /** Labels of passages to leave out, as if the index did not hold them. */
  readonly without?: readonly number[];
}

export type StageTimes = Readonly<Record<'encoding' | 'candidates' | 'late interaction' | 'reader', number>>;

type Candidate = Omit<RankedPassage, 'score' | 'reading'>;

/**
 * A question becomes ranked passages:
 *
 * ```
 * question ─▶ vector ──▶ HNSW ──┐
 *         ├─▶ terms ───▶ BM25 ──┴▶ candidates ─▶ late interaction ─▶ fusion ─▶ the best few ─▶ reader ─▶ ranking
 *         ├─▶ token states ────────────────────────┘                                          │
 *         └─▶ lower states ───────────────────────────────────────────────────────────────────┘
 * ```
 *
 * @param index the passages to rank; a question keeps the index it began with
 */
export async function retrieve(question: string, index: ReportIndex, encoder: Encoder, scope: Scope = {}): Promise<Retrieval> {
  const begun = performance.now();
  const [encoded] = await encoder.encode([question], 'query');
  if (!encoded) throw new Error('The encoder gave nothing for the question.');
  const afterEncoding = performance.now();
  const lexical = index.lexical.search(question);
  const { within, without = [] } = scope;
  const range = within && labelsOf(within, index);
  const dense = await denseCandidates(index, encoded.vectors, range, without);
  const named = lexical.best(CANDIDATES + without.length, range).map(({ label }) => label);
  const labels = new Set([...dense.keys(), ...named.filter((label) => !without.includes(label))]);
  const afterCandidates = performance.now();
  const statesOf = await statesOfAll(labels, index);
  const matched = [...labels].flatMap((label) => {
    const indexed = index.passages[label];
    const states = statesOf.get(label);
    if (!indexed || !states) return [];
    const matches = bestMatches(encoded.states, states);
    const translation = statesOf.get(index.translations.get(label) ?? -1);
    const translated = translation && bestMatches(encoded.states, translation);
    // A passage that only its words brought in was no dense neighbour: it takes the cosine of the furthest one that was.
    const cosine = dense.get(label) ?? Math.min(...dense.values());
    const signals = { dense: cosine, lexical: lexical.of(label), late: maxSim(matches), translation: translated && maxSim(translated) };
    return [{ ...indexed, label, ...signals, states, matches, translated }];
  });
  const scores = fuse(matched, encoder.info.fit.fusion);
  const candidates = matched.map((candidate, i) => ({ ...candidate, fused: scores[i] ?? 0 })).sort((a, b) => b.fused - a.fused || a.label - b.label);
  const afterLate = performance.now();
  const ranked = await rankByReading(candidates, encoded, index, encoder);
  const times = {
    encoding: afterEncoding - begun,
    candidates: afterCandidates - afterEncoding,
    'late interaction': afterLate - afterCandidates,
    reader: performance.now() - afterLate,
  };
  return { index, question: encoded, ranked, times };
}

/** Token states of passages and of their translations, by text. */
async function statesOfAll(labels: ReadonlySet<number>, { texts, translations }: ReportIndex): Promise<Map<number, QuantizedStates>> {
  const wanted = [...labels].flatMap((label) => [label, ...(translations.has(label) ? [translations.get(label) ?? 0] : [])]);
  const states = await texts.states(wanted);
  return new Map(wanted.flatMap((text, i) => (states[i] ? [[text, states[i]]] : [])));
}

/** Cosine of each passage near the question: that of its nearest window. */
async function denseCandidates(index: ReportIndex, vectors: Float32Array, range: Span | undefined, without: readonly number[]): Promise<Map<number, number>> {
  const cosines = new Map<number, number>();
  const count = CANDIDATES + without.length;
  // A passage and its translation are mostly found together.
  const k = index.translations.size > 0 ? 2 * count : count;
  for (const { label, cosine } of await index.vectors.search(vectors, k, range && vectorsOf(range, index))) {
    const passage = index.vectorPassage[label];
    if (passage !== undefined && !without.includes(passage) && !cosines.has(passage)) cosines.set(passage, cosine);
  }
  return cosines;
}

/** Labels of the vectors of these passages. */
function vectorsOf({ start, end }: Span, { vectorPassage }: ReportIndex): number[] {
  const labels: number[] = [];
  for (let label = 0; label < vectorPassage.length; label++) {
    const passage = vectorPassage[label] ?? -1;
    if (passage >= start && passage < end) labels.push(label);
  }
  return labels;
}

/** Has the best few read, and ranks all by what comes of it. */
async function rankByReading(candidates: readonly Candidate[], question: Encoded, index: ReportIndex, encoder: Encoder): Promise<RankedPassage[]> {
  const { ranking } = encoder.info.fit;
  const best = candidates[0]?.fused ?? 0;
  const toRead = encoder.info.reader ? candidates.slice(0, READ).filter(({ fused }) => ranking.fused * (best - fused) <= READ_WITHIN) : [];
  const originals = await windowsOf(
    toRead.map(({ label, matches }) => ({ text: label, matches })),
    index,
  );
  const translations = await windowsOf(
    toRead.slice(0, READ_TRANSLATED).map(({ label, translated }) => ({ text: index.translations.get(label) ?? label, matches: translated ?? [] })),
    index,
  );
  const all = await readBest([...originals, ...translations], question, encoder);
  const [readings, ofTranslations] = [all.slice(0, toRead.length), all.slice(toRead.length)];
  const placed = candidates.map((candidate, i): PassageReading | undefined => {
    const reading = readings[i];
    if (!reading) return undefined;
    const translated = ofTranslations[i] ?? reading;
    const relevance = (reading.relevance + translated.relevance) / 2;
    return { relevance, highest: Math.max(reading.relevance, translated.relevance), answer: reading.answer && answerSpan(candidate, reading.answer) };
  });
  const scores = withRelevance(
    candidates.map((candidate) => candidate.fused),
    placed.map((reading) => reading?.relevance),
    ranking,
  );
  return candidates.map((candidate, i) => ({ ...candidate, score: scores[i] ?? 0, reading: placed[i] })).sort((a, b) => b.score - a.score || a.label - b.label);
}

/** What the reader makes of each memory, in order; `undefined` where there is none. */
async function readBest(memories: readonly (Memory | undefined)[], question: Encoded, encoder: Encoder): Promise<(Reading | undefined)[]> {
  const present = memories.filter((memory) => memory !== undefined);
  const read = present.length > 0 ? await encoder.read(question.lower, present) : [];
  return memories.map((memory) => memory && read[present.indexOf(memory)]);
}

/** Of each text the window in which most of the question's tokens have their best match; `undefined` for a text without matches. */
async function windowsOf(
  texts: readonly { readonly text: number; readonly matches: readonly TokenMatch[] }[],
  index: ReportIndex,
): Promise<(Memory | undefined)[]> {
  const memories = await index.texts.memories(texts.map(({ text }) => text));
  return texts.map(({ matches }, i) => {
    const windows = memories[i] ?? [];
    const votes = windows.map(() => 0);
    for (const { token } of matches) {
      const window = windows.findLastIndex((memory) => memory.start <= token);
      votes[window] = (votes[window] ?? 0) + 1;
    }
    return matches.length === 0 ? undefined : windows[votes.indexOf(Math.max(...votes))];
  });
}

/** The whole words that a run of a passage's tokens touches, in the document's source. */
function answerSpan({ passage, states: { spans } }: Candidate, { first, last }: { readonly first: number; readonly last: number }): Span | undefined {
  const span = wordsAt(passage.text, spans[2 * first] ?? 0, spans[2 * last + 1] ?? 0);
  return span && { start: span.start + passage.start, end: span.end + passage.start };
}
