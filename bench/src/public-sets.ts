import { sets } from './isnad.ts';

type Collection = import('../../src/evaluation/sets.ts').Collection;
type EvaluationSet = import('../../src/evaluation/sets.ts').EvaluationSet;

/** Names of the public sets: language of the questions, then of the passages. */
export const SETS = ['XQuAD ar→ar', 'XQuAD en→ar', 'XQuAD en→en', 'ARCD test ar→ar'] as const;
export type SetName = (typeof SETS)[number];

/** By folder: they are asked for one by one. */
const known = new Map<string, readonly EvaluationSet[]>();

/** @param folder with `xquad.ar.jsonl`, `xquad.en.jsonl` and `arcd.test.jsonl` */
export async function readPublic(folder: string, name: SetName): Promise<Collection> {
  const all = known.get(folder) ?? (await sets()).readPublicSets(folder);
  known.set(folder, all);
  const found = all.find((set) => set.name === name)?.collections[0];
  if (!found) throw new Error(`${name} is not in ${folder}.`);
  return found;
}
