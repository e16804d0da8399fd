import { bestMatches, maxSim, type TokenMatch } from '../retrieval/late-interaction.ts';
import type { RankedPassage, Retrieval } from '../retrieval/retriever.ts';
import type { Span } from '../text/span.ts';
import { words } from '../text/words.ts';

/** A neighbouring sentence is quoted too when it makes the question match this much better (MaxSim). */
const WORTH_A_SENTENCE = 0.04;
/** Cosine of two centred token states from which their words count as matching. */
const MATCHING = 0.55;

/** What of a passage is quoted; spans in the document's source. */
export interface Quote extends Span {
  readonly highlights: readonly Span[];
}

/** The sentence of a passage that fits the question best (with a neighbour where both are needed), and the words that match. */
export function quoteFrom(ranked: RankedPassage, question: string, retrieval: Retrieval): Quote {
  const { passage } = ranked;
  const first = bestSentences(ranked, retrieval);
  const span = { start: passage.sentences[first.from]?.start ?? passage.start, end: passage.sentences[first.to]?.end ?? passage.end };
  return { ...span, highlights: highlights(span, ranked, question, retrieval, first.matches) };
}

interface SentenceRun {
  /** First and last sentence of the passage, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly matches: readonly TokenMatch[];
}

function bestSentences(ranked: RankedPassage, retrieval: Retrieval): SentenceRun {
  const count = ranked.passage.sentences.length;
  const match = (from: number, to: number): SentenceRun => ({ from, to, matches: matchesIn(ranked, retrieval, from, to) });
  let best = match(0, 0);
  for (let i = 1; i < count; i++) {
    const other = match(i, i);
    if (maxSim(other.matches) > maxSim(best.matches)) best = other;
  }
  const wider = [match(Math.max(0, best.from - 1), best.to), match(best.from, Math.min(count - 1, best.to + 1))].sort(
    (a, b) => maxSim(b.matches) - maxSim(a.matches),
  )[0];
  return wider && maxSim(wider.matches) > maxSim(best.matches) + WORTH_A_SENTENCE ? wider : best;
}

function matchesIn(ranked: RankedPassage, { index, questionStates }: Retrieval, from: number, to: number): TokenMatch[] {
  const { passage, label } = ranked;
  const { offsets, spans } = index.states;
  const start = (passage.sentences[from]?.start ?? passage.start) - passage.start;
  const end = (passage.sentences[to]?.end ?? passage.end) - passage.start;
  let first = offsets[label] ?? 0;
  let last = offsets[label + 1] ?? 0;
  while (first < last && (spans[2 * first] ?? 0) < start) first++;
  while (last > first && (spans[2 * last - 2] ?? 0) >= end) last--;
  return bestMatches(questionStates, index.states, first, last);
}

/** Content words of the quote that share a term with the question, or whose token is the close match of a content word of it. */
function highlights(quote: Span, ranked: RankedPassage, question: string, retrieval: Retrieval, matches: readonly TokenMatch[]): Span[] {
  const { passage } = ranked;
  const { spans } = retrieval.index.states;
  const asked = words(question).filter((word) => word.content);
  const askedTerms = new Set(asked.map((word) => word.term));
  const matched = matches.flatMap(({ token, cosine }, i) => {
    const start = retrieval.questionSpans[2 * i] ?? 0;
    const end = retrieval.questionSpans[2 * i + 1] ?? 0;
    const ofContent = asked.some((word) => word.start < end && start < word.end);
    return ofContent && cosine >= MATCHING ? [{ start: (spans[2 * token] ?? 0) + passage.start, end: (spans[2 * token + 1] ?? 0) + passage.start }] : [];
  });
  return words(passage.text)
    .filter((word) => word.content)
    .map((word) => ({ start: word.start + passage.start, end: word.end + passage.start, term: word.term }))
    .filter((word) => word.start >= quote.start && word.end <= quote.end)
    .filter((word) => askedTerms.has(word.term) || matched.some((span) => span.start < word.end && word.start < span.end))
    .map(({ start, end }) => ({ start, end }));
}
