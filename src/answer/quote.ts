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
  /** The words that answer, where the reader found them. */
  readonly answer: Span | undefined;
  /** What stands out: the answer and, outside of it, the words that match the question; in order. */
  readonly highlights: readonly Span[];
}

/**
 * The sentence or sentences of a passage that hold the answer. Where none was read or `answered` is false: the sentence that fits the question
 * best (with a neighbour where both are needed).
 */
export function quoteFrom(ranked: RankedPassage, question: string, retrieval: Retrieval, answered: boolean): Quote {
  const { passage } = ranked;
  const answer = answered ? ranked.reading?.answer : undefined;
  const run = answer ? sentencesWith(answer, ranked, retrieval) : bestSentences(ranked, retrieval);
  const [first, last] = [passage.sentences[run.from] ?? passage, passage.sentences[run.to] ?? passage];
  const span = { start: Math.min(first.start, answer?.start ?? first.start), end: Math.max(last.end, answer?.end ?? last.end) };
  const matching = matchingWords(span, ranked, question, retrieval, run.matches);
  if (!answer) return { ...span, answer, highlights: matching };
  const outside = matching.filter((word) => word.end <= answer.start || word.start >= answer.end);
  return { ...span, answer, highlights: [...outside, answer].sort((a, b) => a.start - b.start) };
}

interface SentenceRun {
  /** First and last sentence of the passage, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly matches: readonly TokenMatch[];
}

function sentencesWith(answer: Span, ranked: RankedPassage, retrieval: Retrieval): SentenceRun {
  const { sentences } = ranked.passage;
  const from = Math.max(
    0,
    sentences.findIndex((sentence) => answer.start < sentence.end),
  );
  const to = Math.max(
    from,
    sentences.findLastIndex((sentence) => sentence.start < answer.end),
  );
  return { from, to, matches: matchesIn(ranked, retrieval, from, to) };
}

function bestSentences(ranked: RankedPassage, retrieval: Retrieval): SentenceRun {
  const count = ranked.passage.sentences.length;
  const match = (from: number, to: number): SentenceRun => ({ from, to, matches: matchesIn(ranked, retrieval, from, to) });
  const value = (run: SentenceRun) => maxSim(run.matches);
  let best = match(0, 0);
  for (let i = 1; i < count; i++) {
    const other = match(i, i);
    if (value(other) > value(best)) best = other;
  }
  const wider = [match(Math.max(0, best.from - 1), best.to), match(best.from, Math.min(count - 1, best.to + 1))].sort((a, b) => value(b) - value(a))[0];
  return wider && value(wider) > value(best) + WORTH_A_SENTENCE ? wider : best;
}

function matchesIn({ passage, states }: RankedPassage, { question }: Retrieval, from: number, to: number): TokenMatch[] {
  const { spans } = states;
  const start = (passage.sentences[from]?.start ?? passage.start) - passage.start;
  const end = (passage.sentences[to]?.end ?? passage.end) - passage.start;
  let first = 0;
  let last = states.scales.length;
  while (first < last && (spans[2 * first] ?? 0) < start) first++;
  while (last > first && (spans[2 * last - 2] ?? 0) >= end) last--;
  return bestMatches(question.states, states, first, last);
}

/** Content words of the quote that share a term with the question, or whose token is the close match of a content word of it. */
function matchingWords(quote: Span, ranked: RankedPassage, question: string, retrieval: Retrieval, matches: readonly TokenMatch[]): Span[] {
  const { passage, states } = ranked;
  const { spans } = states;
  const asked = words(question).filter((word) => word.content);
  const askedTerms = new Set(asked.map((word) => word.term));
  const matched = matches.flatMap(({ token, cosine }, i) => {
    const start = retrieval.question.spans[2 * i] ?? 0;
    const end = retrieval.question.spans[2 * i + 1] ?? 0;
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
