import MiniSearch, { type Options } from 'minisearch';
import type { Passage } from '../corpus/document.ts';
import { terms } from '../text/words.ts';

/** Okapi BM25 (Robertson & Zaragoza 2009): term saturation k1, length normalization b; d = 0 leaves the BM25+ floor out. */
const BM25 = { k: 1.2, b: 0.75, d: 0 };

interface Entry {
  readonly id: number;
  readonly text: string;
  readonly translation: string;
}

const OPTIONS: Options<Entry> = {
  fields: ['text', 'translation'],
  tokenize: (text) => terms(text),
  processTerm: (term) => term,
  searchOptions: { bm25: BM25, prefix: false, fuzzy: false, combineWith: 'OR' },
};

/** BM25 over the folded and stemmed content words of the passages, and of their translations as a field of its own. */
export class LexicalIndex {
  readonly #index: MiniSearch<Entry>;

  private constructor(index: MiniSearch<Entry>) {
    this.#index = index;
  }

  /** @param passages a passage's place in the list is its label */
  static build(passages: readonly Pick<Passage, 'text' | 'translation'>[]): LexicalIndex {
    const index = new MiniSearch<Entry>(OPTIONS);
    index.addAll(passages.map(({ text, translation = '' }, id) => ({ id, text, translation })));
    return new LexicalIndex(index);
  }

  static parse(json: string): LexicalIndex {
    return new LexicalIndex(MiniSearch.loadJSON<Entry>(json, OPTIONS));
  }

  toJSON(): unknown {
    return this.#index.toJSON();
  }

  /**
   * @param question in its own words; function words count for nothing
   * @returns BM25 score of every passage that shares a term with the question, by label
   */
  search(question: string): Map<number, number> {
    // The library multiplies a score by the number of matched query terms, which BM25 does not.
    return new Map(this.#index.search(question).map((hit) => [hit.id as number, hit.score / Math.max(1, hit.queryTerms.length)]));
  }
}
