import type { Neighbour, VectorIndex } from './vector-index.ts';

/** Compares with every vector: slow and right. The oracle that approximate indexes are measured against. */
export class ExactIndex implements VectorIndex {
  readonly size: number;
  readonly #vectors: Float32Array;
  readonly #dimensions: number;

  /** @param vectors unit vectors [size × dimensions], row by row; a row's number is its label */
  constructor(vectors: Float32Array, dimensions: number) {
    this.#vectors = vectors;
    this.#dimensions = dimensions;
    this.size = vectors.length / dimensions;
  }

  async search(query: Float32Array, k: number): Promise<Neighbour[]> {
    const all: Neighbour[] = [];
    for (let label = 0; label < this.size; label++) {
      let cosine = 0;
      for (let i = 0; i < this.#dimensions; i++) cosine += (query[i] ?? 0) * (this.#vectors[label * this.#dimensions + i] ?? 0);
      all.push({ label, cosine });
    }
    return all.sort((a, b) => b.cosine - a.cosine || a.label - b.label).slice(0, Math.max(0, k));
  }
}
