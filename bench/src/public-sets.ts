import { sets } from './isnad.ts';

type Collection = import('../../src/evaluation/sets.ts').Collection;

/** Names of the public sets: language of the questions, then of the passages. */
export const SETS = ['XQuAD ar→ar', 'XQuAD en→ar', 'XQuAD en→en', 'ARCD test ar→ar'] as const;
export type SetName = (typeof SETS)[number];

/** @param folder with `xquad.ar.jsonl`, `xquad.en.jsonl` and `arcd.test.jsonl` */
export async function readPublic(folder: string, name: SetName): Promise<Collection> {
  const found = (await sets()).readPublicSets(folder).find((set) => set.name === name)?.collections[0];
  if (!found) throw new Error(`${name} is not in ${folder}.`);
  return found;
}
