import { measuring, sentenceCutting } from './isnad.ts';
import { readPublic } from './public-sets.ts';

/** Sentences of a made-up paragraph, fewest and most: as long as those of the report that Isnad is made for. */
const SENTENCES = [1, 3] as const;

/** What passages are put together from. */
export interface Sentences {
  readonly sentences: readonly string[];
  /** Of each passage the numbers of its sentences, in order. */
  readonly of: readonly (readonly number[])[];
}

/** Sentences of a passage as its text. */
export function joined(sentences: readonly string[]): string {
  return sentences.join(' ');
}

/**
 * Arabic paragraphs of an encyclopedia's sentences, put together anew: as many as are wanted, no two alike.
 *
 * @param folder of the public sets
 */
export async function recombined(folder: string, count: number): Promise<{ readonly texts: readonly string[] } & Sentences> {
  const [{ mulberry32 }, { sentences }] = await Promise.all([measuring(), sentenceCutting()]);
  const paragraphs = [...(await readPublic(folder, 'XQuAD ar→ar')).passages, ...(await readPublic(folder, 'ARCD test ar→ar')).passages];
  const all = [...new Set(paragraphs.flatMap((text) => sentences(text).map(({ start, end }) => text.slice(start, end))))];
  const random = mulberry32(7);
  const some = () => Math.floor(random() * all.length);
  const made = new Map<string, readonly number[]>();
  while (made.size < count) {
    const length = SENTENCES[0] + Math.floor(random() * (SENTENCES[1] - SENTENCES[0] + 1));
    const numbers = Array.from({ length }, some);
    made.set(joined(numbers.map((number) => all[number] ?? '')), numbers);
  }
  return { texts: [...made.keys()], sentences: all, of: [...made.values()] };
}
