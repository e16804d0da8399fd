import { LocalIndex } from 'vectra';
import { embed, version } from '../embedding.ts';
import type { Peer } from '../peer.ts';

export const vectra: Peer = {
  id: 'vectra',
  name: `vectra ${await version('vectra')}`,
  what: 'local index',
  async build(texts, vectors, folder) {
    const index = new LocalIndex<{ label: number }>(folder);
    await index.createIndex({ version: 1, deleteIfExists: true });
    const own = vectors ?? (await embed(texts, 'passage'));
    await index.batchInsertItems(own.map((vector, label) => ({ vector: Array.from(vector), metadata: { label } })));
    return {
      async search(question, k) {
        const [vector] = await embed([question], 'query');
        const found = await index.queryItems(Array.from(vector ?? []), question, k);
        return found.map(({ item, score }) => ({ label: item.metadata.label, score }));
      },
      close: () => Promise.resolve(),
    };
  },
};
