import MiniSearch from 'minisearch';
import { version } from '../embedding.ts';
import type { Peer } from '../peer.ts';

export const minisearch: Peer = {
  id: 'minisearch',
  name: `MiniSearch ${await version('minisearch')}`,
  what: 'full text as it comes',
  build(texts) {
    const index = new MiniSearch<{ id: number; text: string }>({ fields: ['text'] });
    index.addAll(texts.map((text, id) => ({ id, text })));
    return Promise.resolve({
      search: (question, k) =>
        Promise.resolve(
          index
            .search(question)
            .slice(0, k)
            .map(({ id, score }) => ({ label: id as number, score })),
        ),
      close: () => Promise.resolve(),
    });
  },
};
