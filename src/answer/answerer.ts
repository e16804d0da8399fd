import { performance } from 'node:perf_hooks';
import type { Document } from '../corpus/document.ts';
import { saying } from '../corpus/versions.ts';
import type { Encoder } from '../embedding/encoder.ts';
import type { IndexedPassage, ReportIndex } from '../indexing/report-index.ts';
import { DamagedIndex } from '../indexing/texts.ts';
import { type Retrieval, retrieve } from '../retrieval/retriever.ts';
import type { Answer, Citation, SearchResult } from './answer.ts';
import { confidence, evidence, statusOf } from './confidence.ts';
import { inContext } from './follow-up.ts';
import { asksForHeadline } from './headline.ts';
import { readQuestion } from './question.ts';
import { type Quote, quoteFrom } from './quote.ts';

const CANDIDATES_SHOWN = 10;
const MOST_CITATIONS = 3;
/** Passages that a search lists. */
const MOST_HITS = 20;
/**
 * A further passage is cited when it is at least a fifteenth as likely to be the right one as the best: scores are logits. On the dev reports that cites
 * 1.7 paragraphs a question, a right one among them for 94 of 100.
 */
const CLOSE = Math.log(15);

/** Answers questions from an index. */
export class Answerer {
  readonly index: ReportIndex;
  readonly #encoder: Encoder;
  readonly #rebuilt: (() => Promise<Answerer>) | undefined;

  /** @param rebuilt gives what answers in its place where its index turns out to be damaged */
  constructor(index: ReportIndex, encoder: Encoder, rebuilt?: () => Promise<Answerer>) {
    this.index = index;
    this.#encoder = encoder;
    this.#rebuilt = rebuilt;
  }

  /**
   * @param input what a person typed, whatever it is
   * @param previous the conversation's last question as it was searched for, for follow-ups
   * @param within one of the index's reports, if only that is asked
   */
  async answer(input: string, previous?: string, within?: Document): Promise<Answer> {
    const begun = performance.now();
    const question = readQuestion(input, this.#encoder.info.languages);
    if (question.refusal !== undefined) {
      const { language, refusal } = question;
      return {
        question: input,
        searched: '',
        within,
        language,
        status: 'invalid',
        refusal,
        confidence: 0,
        citations: [],
        candidates: [],
        latencyMs: elapsed(begun),
        stages: {},
      };
    }
    const searched = inContext(question.text, previous);
    const retrieval = await this.#retrieve(searched, within);
    const headline = asksForHeadline(searched);
    const sure = headline ? 1 : confidence(question.language, evidence(retrieval.ranked), this.#encoder.info.fit);
    const status = statusOf(sure);
    return {
      question: input,
      searched,
      within,
      language: question.language,
      status,
      refusal: undefined,
      confidence: sure,
      citations: headline ? citeTitles(retrieval, within) : citeBest(retrieval, searched, status),
      candidates: retrieval.ranked
        .slice(0, CANDIDATES_SHOWN)
        .map(({ document, passage, score }) => ({ document: document.id, passage: passage.number, score })),
      latencyMs: elapsed(begun),
      stages: retrieval.times,
    };
  }

  /**
   * Ranks the passages by how well they fit a text (a question, a claim), without deciding whether they answer it.
   *
   * @param within one of the index's reports, if only that is searched
   */
  async search(input: string, within?: Document): Promise<SearchResult> {
    const { text, language, refusal } = readQuestion(input, this.#encoder.info.languages);
    if (refusal !== undefined) return { question: input, language, refusal, hits: [] };
    const retrieval = await this.#retrieve(text, within);
    const { ranked } = retrieval;
    const best = ranked[0]?.score ?? 0;
    const total = ranked.reduce((sum, { score }) => sum + Math.exp(score - best), 0);
    const hits = saidOnce(ranked, MOST_HITS).map((passage, i) => ({
      ...cite(i + 1, passage, quoteFrom(passage, text, retrieval, false), passage.score),
      share: Math.exp(passage.score - best) / total,
    }));
    return { question: input, language, refusal: undefined, hits };
  }

  /** A large index is checked as it is read: where a record is damaged, the question is put to the index built anew. */
  async #retrieve(question: string, within: Document | undefined): Promise<Retrieval> {
    try {
      return await retrieve(question, this.index, this.#encoder, { within });
    } catch (error) {
      if (!(error instanceof DamagedIndex) || !this.#rebuilt) throw error;
      const { index } = await this.#rebuilt();
      return retrieve(question, index, this.#encoder, { within: index.documents.find(({ id }) => id === within?.id) });
    }
  }
}

/** The best passage and those close behind it, read if there is a reader; for `related` the best three as they are, for `not_found` none. */
function citeBest(retrieval: Retrieval, question: string, status: Answer['status']): Citation[] {
  if (status === 'not_found') return [];
  const [best] = retrieval.ranked;
  if (!best) return [];
  return saidOnce(retrieval.ranked, MOST_CITATIONS)
    .filter((passage) => status === 'related' || (passage.score >= best.score - CLOSE && (passage.reading !== undefined || best.reading === undefined)))
    .map((passage, i) => cite(i + 1, passage, quoteFrom(passage, question, retrieval, status === 'answered'), passage.score));
}

/** The title of the report that was asked, or those of the reports in which the best passages stand. */
function citeTitles({ index, ranked }: Retrieval, within: Document | undefined): Citation[] {
  const documents = within ? [within] : new Set([...ranked.map(({ document }) => document), ...index.documents]);
  const titles = [...documents].flatMap((document) => document.passages.slice(0, 1).map((passage) => ({ document, passage })));
  return saidOnce(titles, MOST_CITATIONS).map(({ document, passage }, i) =>
    cite(i + 1, { document, passage }, { start: passage.start, end: passage.end, answer: undefined, highlights: [] }, 0),
  );
}

/** The first `most` passages, whatever they say only once: versions of a report have paragraphs in common. */
function saidOnce<T extends IndexedPassage>(passages: readonly T[], most: number): T[] {
  const chosen = new Map<string, T>();
  for (const indexed of passages) {
    const said = saying(indexed.passage.text);
    if (!chosen.has(said)) chosen.set(said, indexed);
    if (chosen.size === most) break;
  }
  return [...chosen.values()];
}

function cite(n: number, { document, passage }: IndexedPassage, { start, end, answer, highlights }: Quote, score: number): Citation {
  const quote = document.source.slice(start, end);
  // The promise of the whole program, checked before anything is shown.
  if (quote === '' || start < passage.start || end > passage.end || passage.text !== document.source.slice(passage.start, passage.end)) {
    throw new Error(`Citation of ${document.id} ¶${passage.number} is not verbatim.`);
  }
  return {
    n,
    document: document.id,
    title: document.title,
    passage: passage.number,
    ...(passage.place && { place: passage.place }),
    quote,
    translation: passage.translation,
    start,
    end,
    answer,
    highlights,
    score,
  };
}

function elapsed(begun: number): number {
  return performance.now() - begun;
}
