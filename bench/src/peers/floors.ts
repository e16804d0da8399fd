/** Search with nothing around it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import hnswlib from 'hnswlib-node';
import { embed } from '../embedding.ts';
import { DIMENSIONS } from '../model.ts';
import type { Hit, Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

export const bruteForce: Peer = {
  name: 'cosine over a Float32Array',
  what: 'every passage compared',
  embeds: true,
  async build({ texts, vectors }, folder) {
    const own = vectors ?? (await embed(texts, 'passage'));
    const all = new Float32Array(own.length * DIMENSIONS);
    for (const [label, vector] of own.entries()) all.set(vector, label * DIMENSIONS);
    await writeFile(join(folder, 'vectors.f32'), new Uint8Array(all.buffer));
    return comparing(all);
  },
  async open(folder) {
    const bytes = await readFile(join(folder, 'vectors.f32'));
    return comparing(new Float32Array(new Uint8Array(bytes).buffer));
  },
};

function comparing(all: Float32Array): Searcher {
  return {
    async search(question, k) {
      const [query = new Float32Array()] = await embed([question], 'query');
      const hits: Hit[] = [];
      for (let label = 0; label * DIMENSIONS < all.length; label++) {
        let score = 0;
        for (let i = 0; i < DIMENSIONS; i++) score += (query[i] as number) * (all[label * DIMENSIONS + i] as number);
        hits.push({ label, score });
      }
      return hits.sort((a, b) => b.score - a.score).slice(0, k);
    },
  };
}

export const hnswlibAlone: Peer = {
  name: `hnswlib-node ${version('hnswlib-node')}`,
  what: 'alone',
  embeds: true,
  async build({ texts, vectors }, folder) {
    const own = vectors ?? (await embed(texts, 'passage'));
    const graph = new hnswlib.HierarchicalNSW('ip', DIMENSIONS);
    graph.initIndex(own.length, 16, 200, 100);
    for (const [label, vector] of own.entries()) graph.addPoint(Array.from(vector), label);
    await graph.writeIndex(join(folder, 'vectors.hnsw'));
    return nearest(graph);
  },
  async open(folder) {
    const graph = new hnswlib.HierarchicalNSW('ip', DIMENSIONS);
    await graph.readIndex(join(folder, 'vectors.hnsw'));
    return nearest(graph);
  },
};

function nearest(graph: hnswlib.HierarchicalNSW): Searcher {
  graph.setEf(100);
  return {
    async search(question, k) {
      const [query = new Float32Array()] = await embed([question], 'query');
      const { neighbors, distances } = graph.searchKnn(Array.from(query), Math.min(k, graph.getCurrentCount()));
      return neighbors.map((label, i) => ({ label, score: 1 - (distances[i] ?? 1) }));
    },
  };
}
