/** What nobody can go below: the model's pass and the search, with nothing around them. */
import hnswlib from 'hnswlib-node';
import { embed, version } from '../embedding.ts';
import type { Hit, Peer } from '../peer.ts';

export const bruteForce: Peer = {
  id: 'brute-force',
  name: 'cosine in a Float32Array',
  what: 'every passage compared',
  async build(texts, vectors) {
    const own = vectors ?? (await embed(texts, 'passage'));
    const dimensions = own[0]?.length ?? 0;
    const all = new Float32Array(own.length * dimensions);
    for (const [label, vector] of own.entries()) all.set(vector, label * dimensions);
    return {
      async search(question, k) {
        const [query = new Float32Array()] = await embed([question], 'query');
        const hits: Hit[] = own.map((_, label) => {
          let score = 0;
          for (let i = 0; i < dimensions; i++) score += (query[i] as number) * (all[label * dimensions + i] as number);
          return { label, score };
        });
        return hits.sort((a, b) => b.score - a.score).slice(0, k);
      },
      close: () => Promise.resolve(),
    };
  },
};

export const hnswlibAlone: Peer = {
  id: 'hnswlib',
  name: `hnswlib-node ${await version('hnswlib-node')}`,
  what: 'alone',
  async build(texts, vectors, folder) {
    const own = vectors ?? (await embed(texts, 'passage'));
    const graph = new hnswlib.HierarchicalNSW('ip', own[0]?.length ?? 0);
    graph.initIndex(own.length, 16, 200, 100);
    for (const [label, vector] of own.entries()) graph.addPoint(Array.from(vector), label);
    graph.setEf(100);
    await graph.writeIndex(`${folder}/vectors.hnsw`);
    return {
      async search(question, k) {
        const [query = new Float32Array()] = await embed([question], 'query');
        const { neighbors, distances } = graph.searchKnn(Array.from(query), Math.min(k, own.length));
        return neighbors.map((label, i) => ({ label, score: 1 - (distances[i] ?? 1) }));
      },
      close: () => Promise.resolve(),
    };
  },
};
