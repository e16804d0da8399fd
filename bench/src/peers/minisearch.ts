import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import type { Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

const OPTIONS = { fields: ['text'] };

function searching(index: MiniSearch): Searcher {
  return {
    search: (question, k) =>
      Promise.resolve(
        index
          .search(question)
          .slice(0, k)
          .map(({ id, score }) => ({ label: id as number, score })),
      ),
  };
}

export const minisearch: Peer = {
  name: `MiniSearch ${version('minisearch')}`,
  what: 'full text as it comes',
  embeds: false,
  async build({ texts }, folder) {
    const index = new MiniSearch<{ id: number; text: string }>(OPTIONS);
    index.addAll(texts.map((text, id) => ({ id, text })));
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    return searching(index as MiniSearch);
  },
  async open(folder) {
    return searching(MiniSearch.loadJSON(await readFile(join(folder, 'index.json'), 'utf8'), OPTIONS));
  },
};
