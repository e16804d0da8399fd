import hnswlib from 'hnswlib-node';
import { turns } from './turns.ts';
import { dot, GRAPH, type Neighbour, nearestFirst, type VectorIndex } from './vector-index.ts';

const SEED = 100;

/** Hierarchical navigable small world graph (Malkov & Yashunin 2018, arXiv 1603.09320) by hnswlib. Vectors are unit, so inner product is cosine. */
export class HnswIndex implements VectorIndex {
  readonly #graph: hnswlib.HierarchicalNSW;
  /** Vectors searched one by one: to take one out of the graph costs 0.09 ms, and those of a report are asked for again and again. At most as much memory as the graph has. */
  readonly #compared = new Map<number, Float32Array>();

  private constructor(graph: hnswlib.HierarchicalNSW) {
    graph.setEf(GRAPH.searchCandidates);
    this.#graph = graph;
  }

  /** @param blocks unit vectors [n × dimensions] each, row by row; a row's number, counted through all blocks, is its label */
  static async build(blocks: readonly Float32Array[], dimensions: number): Promise<HnswIndex> {
    const graph = new hnswlib.HierarchicalNSW('ip', dimensions);
    graph.initIndex(Math.max(1, blocks.reduce((sum, block) => sum + block.length, 0) / dimensions), GRAPH.links, GRAPH.buildCandidates, SEED);
    const giveWay = turns();
    let label = 0;
    for (const block of blocks) {
      for (let at = 0; at < block.length; at += dimensions) {
        // hnswlib-node takes a true Array only.
        graph.addPoint(Array.from(block.subarray(at, at + dimensions)), label++);
        await giveWay();
      }
    }
    return new HnswIndex(graph);
  }

  static async read(file: string, dimensions: number): Promise<HnswIndex> {
    const graph = new hnswlib.HierarchicalNSW('ip', dimensions);
    await graph.readIndex(file);
    return new HnswIndex(graph);
  }

  async write(file: string): Promise<void> {
    await this.#graph.writeIndex(file);
  }

  get size(): number {
    return this.#graph.getCurrentCount();
  }

  /** The vector with a label. @throws when there is none */
  vector(label: number): Float32Array {
    return Float32Array.from(this.#graph.getPoint(label));
  }

  async search(query: Float32Array, k: number, among?: readonly number[]): Promise<Neighbour[]> {
    // The graph is of no help within a few: its neighbours are mostly others.
    if (among) {
      return among
        .map((label) => ({ label, cosine: dot(query, this.#remembered(label)) }))
        .sort(nearestFirst)
        .slice(0, Math.max(0, k));
    }
    const wanted = Math.min(k, this.size);
    if (wanted <= 0) return [];
    this.#graph.setEf(Math.max(GRAPH.searchCandidates, wanted));
    const { neighbors, distances } = this.#graph.searchKnn(Array.from(query), wanted);
    return neighbors.map((label, i) => ({ label, cosine: 1 - (distances[i] ?? 1) })).sort(nearestFirst);
  }

  #remembered(label: number): Float32Array {
    const known = this.#compared.get(label);
    if (known) return known;
    const vector = this.vector(label);
    this.#compared.set(label, vector);
    return vector;
  }
}
