import { LocalIndex } from 'vectra';
import { embed } from '../embedding.ts';
import type { Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

type Index = LocalIndex<{ label: number }>;

function searching(index: Index): Searcher {
  return {
    async search(question, k) {
      const [vector] = await embed([question], 'query');
      const found = await index.queryItems(Array.from(vector ?? []), question, k);
      return found.map(({ item, score }) => ({ label: item.metadata.label, score }));
    },
  };
}

export const vectra: Peer = {
  name: `vectra ${version('vectra')}`,
  what: 'local index',
  embeds: true,
  async build({ texts, vectors }, folder) {
    const index: Index = new LocalIndex(folder);
    await index.createIndex({ version: 1, deleteIfExists: true });
    const own = vectors ?? (await embed(texts, 'passage'));
    await index.batchInsertItems(own.map((vector, label) => ({ vector: Array.from(vector), metadata: { label } })));
    return searching(index);
  },
  open: (folder) => Promise.resolve(searching(new LocalIndex(folder))),
};
