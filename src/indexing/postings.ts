import { termOf, writtenWords } from '../text/words.ts';
import { turns } from './turns.ts';

/** Narrowest first. */
const FREQUENCIES = [Uint8Array, Uint16Array, Uint32Array] as const;
/** Between the terms of a vocabulary in its file; no term holds one. */
const SEPARATOR = '\n';

/** Which passages hold which terms, in compressed sparse rows: the postings of term t are those from offsets[t] to before offsets[t + 1]. */
export interface Postings {
  /** Number of each term, counted in the order of the map. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** [terms + 1] */
  readonly offsets: Uint32Array;
  /** Passage of each posting, ascending within a term. */
  readonly labels: Uint32Array;
  /** How often the term is there, for each posting. */
  readonly frequencies: Uint8Array | Uint16Array | Uint32Array;
  /** Distinct terms of each passage, by label. */
  readonly lengths: Uint32Array;
}

/** @param texts a text's place in the list is the label of its passage */
export async function postingsOf(texts: readonly string[]): Promise<Postings> {
  const giveWay = turns();
  const vocabulary = new Map<string, number>();
  /** Number of the term of each word as it is written, so that a word is folded and stemmed once; -1 for one without content. */
  const numbers = new Map<string, number>();
  const meet = (word: string) => {
    const term = termOf(word);
    const number = term === undefined ? -1 : (vocabulary.get(term) ?? vocabulary.size);
    if (term !== undefined) vocabulary.set(term, number);
    numbers.set(word, number);
    return number;
  };
  /** Terms of all texts, one text after the other, and where those of each end. */
  const occurrences: number[] = [];
  const ends = new Uint32Array(texts.length);
  const lengths = new Uint32Array(texts.length);
  /** By term: passages that have it, and the last of them so far. */
  const counts: number[] = [];
  const last: number[] = [];
  for (const [label, text] of texts.entries()) {
    let length = 0;
    for (const word of writtenWords(text)) {
      const term = numbers.get(word) ?? meet(word);
      if (term < 0) continue;
      occurrences.push(term);
      if (last[term] === label) continue;
      last[term] = label;
      counts[term] = (counts[term] ?? 0) + 1;
      length++;
    }
    lengths[label] = length;
    ends[label] = occurrences.length;
    await giveWay();
  }
  const offsets = new Uint32Array(counts.length + 1);
  for (const [term, count] of counts.entries()) offsets[term + 1] = (offsets[term] ?? 0) + count;
  const labels = new Uint32Array(offsets.at(-1) ?? 0);
  const frequencies = new Uint32Array(labels.length);
  let highest = 0;
  // Labels go up from posting to posting of a term, as the texts are gone through in order.
  const next = offsets.slice();
  last.fill(-1);
  let at = 0;
  for (const [label, end] of ends.entries()) {
    for (; at < end; at++) {
      const term = occurrences[at] ?? 0;
      const posting = (next[term] ?? 0) - (last[term] === label ? 1 : 0);
      const frequency = (frequencies[posting] ?? 0) + 1;
      labels[posting] = label;
      frequencies[posting] = frequency;
      highest = Math.max(highest, frequency);
      last[term] = label;
      next[term] = posting + 1;
    }
    await giveWay();
  }
  const Narrowest = FREQUENCIES.find(({ BYTES_PER_ELEMENT }) => highest < 2 ** (8 * BYTES_PER_ELEMENT)) ?? Uint32Array;
  return { vocabulary, offsets, labels, frequencies: new Narrowest(frequencies), lengths };
}

/**
 * Layout: number of passages, of terms and of postings, bytes of a frequency and of the vocabulary (32 bits each), then lengths, offsets, labels,
 * frequencies and the terms (UTF-8, a line each); little-endian.
 */
export function formatPostings({ vocabulary, offsets, labels, frequencies, lengths }: Postings): readonly ArrayBufferView[] {
  const letters = new TextEncoder().encode([...vocabulary.keys()].join(SEPARATOR));
  const sizes = Uint32Array.of(lengths.length, vocabulary.size, labels.length, frequencies.BYTES_PER_ELEMENT, letters.length);
  return [sizes, lengths, offsets, labels, frequencies, letters];
}

/** @param take the next so many bytes, as a buffer of their own */
export function parsePostings(take: (length: number) => ArrayBuffer): Postings {
  const [passages = 0, terms = 0, postings = 0, width = 0, letters = 0] = new Uint32Array(take(20));
  const lengths = new Uint32Array(take(4 * passages));
  const offsets = new Uint32Array(take(4 * (terms + 1)));
  const labels = new Uint32Array(take(4 * postings));
  const Frequencies = FREQUENCIES.find(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT === width) ?? Uint32Array;
  const frequencies = new Frequencies(take(width * postings));
  const vocabulary = new TextDecoder().decode(take(letters)).split(SEPARATOR, terms);
  return { vocabulary: new Map(vocabulary.map((term, number) => [term, number])), offsets, labels, frequencies, lengths };
}
