import type { Passage } from '../corpus/document.ts';
import type { Span } from '../text/span.ts';
import { terms } from '../text/words.ts';
import { concatenated } from './bytes.ts';
import { formatPostings, type Postings, parsePostings, postingsOf } from './postings.ts';

/** Saturation of a term's frequency, and how far the length of a passage counts (Robertson & Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

export interface LexicalHit {
  readonly label: number;
  /** Above 0. */
  readonly score: number;
}

/**
 * Okapi BM25 (Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond) over the folded and stemmed content words of the
 * passages, and of their translations as a field of its own. A passage's score is the sum, over both fields and over the question's terms, repeats
 * counted, of
 *
 * ```
 * ln(1 + (N − n + ½) / (n + ½)) · f (k₁ + 1) / (f + k₁ (1 − b + b · length / average length))
 * ```
 *
 * N: passages; n: those whose field has the term; f: how often this one's has it; length: distinct terms of the field; average length: over all
 * N, of which one without a translation counts 0. The 1 within the logarithm keeps a term that most passages have from counting against them.
 */
export class LexicalIndex {
  readonly #fields: readonly Field[];

  private constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  /** The same passages, scored as if those of the other indexes were in this one: so that scores of several indexes compare. */
  among(all: readonly LexicalIndex[]): LexicalIndex {
    return new LexicalIndex(
      this.#fields.map(
        ({ postings }, i) =>
          new Field(
            postings,
            all.flatMap((index) => index.#fields[i]?.postings ?? []),
          ),
      ),
    );
  }

  /** @param passages a passage's place in the list is its label */
  static async build(passages: readonly Pick<Passage, 'text' | 'translation'>[]): Promise<LexicalIndex> {
    const texts = await postingsOf(passages.map(({ text }) => text));
    const translations = await postingsOf(passages.map(({ translation = '' }) => translation));
    return new LexicalIndex([new Field(texts), new Field(translations)]);
  }

  /** @param bytes as {@link bytes} gave them */
  static parse(bytes: Uint8Array): LexicalIndex {
    let at = 0;
    // Copies, as numbers have to be aligned.
    const take = (length: number) => {
      const part = new Uint8Array(bytes.subarray(at, at + length));
      at += length;
      return part.buffer;
    };
    return new LexicalIndex([new Field(parsePostings(take)), new Field(parsePostings(take))]);
  }

  /** The index as its file holds it: the postings of the texts, then those of the translations. */
  bytes(): Uint8Array {
    return concatenated(this.#fields.flatMap(({ postings }) => formatPostings(postings)));
  }

  /** @param question in its own words; function words count for nothing */
  search(question: string): LexicalScores {
    const asked = new Map<string, number>();
    for (const term of terms(question)) asked.set(term, (asked.get(term) ?? 0) + 1);
    const scores = new Float64Array(this.#fields[0]?.postings.lengths.length ?? 0);
    for (const field of this.#fields) for (const [term, times] of asked) field.score(term, times, scores);
    return new LexicalScores(scores);
  }
}

/** How well each passage fits the words of a question. */
export class LexicalScores {
  readonly #scores: Float64Array;

  /** @param scores by label */
  constructor(scores: Float64Array) {
    this.#scores = scores;
  }

  /** Scores of several indexes, whose passages stand one after the other. */
  static joined(all: readonly LexicalScores[]): LexicalScores {
    const scores = new Float64Array(all.reduce((sum, one) => sum + one.#scores.length, 0));
    let at = 0;
    for (const one of all) {
      scores.set(one.#scores, at);
      at += one.#scores.length;
    }
    return new LexicalScores(scores);
  }

  /** Score of a passage; 0 if it shares no term with the question. */
  of(label: number): number {
    return this.#scores[label] ?? 0;
  }

  /**
   * @param k how many; a few, as those found so far are held in order
   * @param range of labels, `end` excluded; default: all
   * @returns those that share a term with the question, best first; of equal ones the lower label
   */
  best(k: number, { start, end }: Span = { start: 0, end: this.#scores.length }): LexicalHit[] {
    const scores = this.#scores;
    const best: LexicalHit[] = [];
    let toBeat = 0;
    for (let label = start; label < end; label++) {
      const score = scores[label] ?? 0;
      if (score <= toBeat) continue;
      insert(best, { label, score });
      if (best.length > k) best.pop();
      if (best.length === k) toBeat = best.at(-1)?.score ?? 0;
    }
    return best;
  }
}

/** Puts a hit behind those that are as good. A function of its own: a closure within the loop over all passages would cost more than the loop. */
function insert(best: LexicalHit[], hit: LexicalHit): void {
  best.splice(best.findLastIndex(({ score }) => score >= hit.score) + 1, 0, hit);
}

/** One field of all passages. */
class Field {
  readonly postings: Postings;
  /** Postings of this field in all the indexes that are searched together: they decide how rare a term and how long a passage is. */
  readonly #all: readonly Postings[];
  /** Passages of all of them. */
  readonly #passages: number;
  /** k₁ (1 − b + b · length / average length), by label. */
  readonly #norms: Float64Array;

  constructor(postings: Postings, all: readonly Postings[] = [postings]) {
    this.#passages = all.reduce((sum, { lengths }) => sum + lengths.length, 0);
    // Every distinct term of a passage is one posting.
    const average = all.reduce((sum, { labels }) => sum + labels.length, 0) / this.#passages;
    this.postings = postings;
    this.#all = all;
    this.#norms = Float64Array.from(postings.lengths, (length) => K1 * (1 - B + (B * length) / average));
  }

  /** Adds to the passages' scores what a term gives that stands in the question so many times. */
  score(term: string, times: number, scores: Float64Array): void {
    const { labels, frequencies } = this.postings;
    const norms = this.#norms;
    const { start: from, end: to } = placesOf(term, this.postings);
    if (from === to) return;
    const n = this.#all.reduce((sum, postings) => sum + passagesWith(term, postings), 0);
    const weight = times * (K1 + 1) * Math.log(1 + (this.#passages - n + 0.5) / (n + 0.5));
    for (let at = from; at < to; at++) {
      const [label, f] = [labels[at] ?? 0, frequencies[at] ?? 0];
      scores[label] = (scores[label] ?? 0) + (weight * f) / (f + (norms[label] ?? 0));
    }
  }
}

/** Where the passages of a term stand in the postings; nowhere for one that no passage has. */
function placesOf(term: string, { vocabulary, offsets }: Postings): Span {
  const number = vocabulary.get(term);
  return number === undefined ? { start: 0, end: 0 } : { start: offsets[number] ?? 0, end: offsets[number + 1] ?? 0 };
}

function passagesWith(term: string, postings: Postings): number {
  const { start, end } = placesOf(term, postings);
  return end - start;
}
