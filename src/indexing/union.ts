import { type LexicalIndex, LexicalScores } from './lexical.ts';
import type { BuiltIndex, ReportIndex } from './report-index.ts';
import type { Texts } from './texts.ts';
import { type Neighbour, nearestFirst, type VectorIndex } from './vector-index.ts';

/**
 * Several indexes as one: their passages one after the other, found and ranked as if they had been built together. Nothing is copied but the tables that
 * say where each stands, so the large index of all may be a part of many.
 *
 * @param parts of the same model
 */
export function unionOf(parts: readonly BuiltIndex[]): ReportIndex {
  const passages = parts.flatMap((part) => part.passages);
  const passagesBefore = startsOf(parts.map((part) => part.passages.length));
  const texts = new UnitedTexts(parts);
  const translations = new Map<number, number>();
  for (const [part, index] of parts.entries()) {
    for (const [label, text] of index.translations) translations.set(label + (passagesBefore[part] ?? 0), texts.numberOf(part, text));
  }
  const vectorPassage = new Uint32Array(parts.reduce((sum, part) => sum + part.vectorPassage.length, 0));
  let at = 0;
  for (const [part, index] of parts.entries()) {
    for (const passage of index.vectorPassage) vectorPassage[at++] = passage + (passagesBefore[part] ?? 0);
  }
  return {
    documents: parts.flatMap((part) => part.documents),
    passages,
    vectors: new UnitedVectors(parts.map((part) => part.vectors)),
    vectorPassage,
    lexical: united(parts.map((part) => part.lexical)),
    texts,
    translations,
  };
}

function united(parts: readonly LexicalIndex[]): ReportIndex['lexical'] {
  const together = parts.map((part) => part.among(parts));
  return { search: (question) => LexicalScores.joined(together.map((part) => part.search(question))) };
}

class UnitedVectors implements VectorIndex {
  readonly #parts: readonly VectorIndex[];
  readonly #starts: readonly number[];
  readonly size: number;

  constructor(parts: readonly VectorIndex[]) {
    this.#parts = parts;
    this.#starts = startsOf(parts.map((part) => part.size));
    this.size = parts.reduce((sum, part) => sum + part.size, 0);
  }

  async search(query: Float32Array, k: number, among?: readonly number[]): Promise<Neighbour[]> {
    const found = await Promise.all(
      this.#parts.map(async (part, i) => {
        const start = this.#starts[i] ?? 0;
        const own = among?.filter((label) => label >= start && label < start + part.size).map((label) => label - start);
        const neighbours = own?.length === 0 ? [] : await part.search(query, k, own);
        return neighbours.map(({ label, cosine }) => ({ label: label + start, cosine }));
      }),
    );
    return found.flat().sort(nearestFirst).slice(0, Math.max(0, k));
  }
}

/** Their numbers are those that the texts of one index have: first the passages of all, then the translations. */
class UnitedTexts implements Texts {
  readonly #parts: readonly ReportIndex[];
  readonly #passagesBefore: readonly number[];
  readonly #translationsBefore: readonly number[];
  readonly #passages: number;
  readonly size: number;

  constructor(parts: readonly ReportIndex[]) {
    this.#parts = parts;
    this.#passagesBefore = startsOf(parts.map((part) => part.passages.length));
    this.#translationsBefore = startsOf(parts.map((part) => part.texts.size - part.passages.length));
    this.#passages = parts.reduce((sum, part) => sum + part.passages.length, 0);
    this.size = parts.reduce((sum, part) => sum + part.texts.size, 0);
  }

  /** Number of a part's text among all. */
  numberOf(part: number, text: number): number {
    const own = this.#parts[part]?.passages.length ?? 0;
    return text < own ? (this.#passagesBefore[part] ?? 0) + text : this.#passages + (this.#translationsBefore[part] ?? 0) + text - own;
  }

  states(texts: readonly number[]) {
    return this.#of(texts, (part, own) => part.states(own));
  }

  memories(texts: readonly number[]) {
    return this.#of(texts, (part, own) => part.memories(own));
  }

  /** What each part has of its texts, in the order in which they were asked for. */
  async #of<T>(texts: readonly number[], get: (part: Texts, own: readonly number[]) => Promise<T[]>): Promise<T[]> {
    const places = texts.map((text) => this.#placeOf(text));
    const got = await Promise.all(
      this.#parts.map((part, i) =>
        get(
          part.texts,
          places.flatMap((place) => (place.part === i ? place.text : [])),
        ),
      ),
    );
    const next = got.map(() => 0);
    return places.flatMap(({ part }) => {
      const at = next[part] ?? 0;
      next[part] = at + 1;
      return got[part]?.slice(at, at + 1) ?? [];
    });
  }

  #placeOf(text: number): { readonly part: number; readonly text: number } {
    const starts = text < this.#passages ? this.#passagesBefore : this.#translationsBefore;
    const at = text < this.#passages ? text : text - this.#passages;
    // The last of those that begin there: parts without any begin where the next one does.
    const part = starts.findLastIndex((start) => start <= at);
    const before = text < this.#passages ? 0 : (this.#parts[part]?.passages.length ?? 0);
    return { part, text: at - (starts[part] ?? 0) + before };
  }
}

/** Where each of several runs begins when they stand one after the other. */
function startsOf(lengths: readonly number[]): number[] {
  let sum = 0;
  return lengths.map((length) => {
    sum += length;
    return sum - length;
  });
}
