import { dot, type Neighbour, nearestFirst, type VectorIndex } from './vector-index.ts';

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

  async search(query: Float32Array, k: number, among = Array.from({ length: this.size }, (_, label) => label)): Promise<Neighbour[]> {
    const vector = (label: number) => this.#vectors.subarray(label * this.#dimensions, (label + 1) * this.#dimensions);
    return among
      .map((label) => ({ label, cosine: dot(query, vector(label)) }))
      .sort(nearestFirst)
      .slice(0, Math.max(0, k));
  }
}
