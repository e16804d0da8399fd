import { DamagedIndex } from '../texts.ts';
import { GRAPH, type Neighbour, nearestFirst, type VectorIndex } from '../vector-index.ts';
import type { Run } from './connections.ts';

/** Limits of pgvector's HNSW: candidates of a search (`hnsw.ef_search`), and dimensions of a vector. */
const MOST_CANDIDATES = 1_000;
export const MOST_DIMENSIONS = 2_000;

/** A vector as pgvector reads it. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${vector.join()}]`;
}

/** Statement that builds a graph over a table of vectors. */
export function createGraph(table: string): string {
  return `CREATE INDEX ON ${table} USING hnsw (embedding vector_cosine_ops) WITH (m = ${GRAPH.links}, ef_construction = ${GRAPH.buildCandidates})`;
}

/** A search of a table of vectors. */
export interface Search {
  readonly table: string;
  /** Whether the graph is asked; else every vector is compared. */
  readonly graph: boolean;
  readonly query: Float32Array;
  readonly k: number;
  /** Labels of the vectors to compare with; default: all. */
  readonly among?: readonly number[] | undefined;
}

/**
 * The statements of a search, for one round trip; the rows are label and cosine of the nearest. Vector and labels stand in the text, since several statements
 * take no values.
 *
 * The graph serves an order by distance alone, and with sorting made dear the planner always takes it; ordered by the cosine no graph can serve.
 */
export function searchSql({ table, graph, query, k, among }: Search): string {
  const distance = `embedding <=> '${vectorLiteral(query)}'`;
  const found = `SELECT label, 1 - (${distance}) AS cosine FROM ${table}`;
  if (graph) {
    const candidates = Math.max(GRAPH.searchCandidates, k);
    return `SET LOCAL hnsw.ef_search = ${candidates}; SET LOCAL enable_sort = off; ${found} ORDER BY ${distance} LIMIT ${k}`;
  }
  return `${found}${among ? ` WHERE label = ANY('{${among.join()}}')` : ''} ORDER BY cosine DESC, label LIMIT ${k}`;
}

/** The vectors of one index in its table: few are compared one by one, many are found by the graph that was built over them. */
export class PgVectors implements VectorIndex {
  readonly size: number;
  readonly #ask: Run;
  readonly #table: string;
  readonly #graph: boolean;

  /** @param graph whether there is one */
  constructor(ask: Run, table: string, size: number, graph: boolean) {
    this.size = size;
    this.#ask = ask;
    this.#table = table;
    this.#graph = graph;
  }

  /**
   * @param among labels of the vectors to compare with, each once, exactly; default: all, as near as the graph finds them
   * @throws UserError when the database can't be used; DamagedIndex when the vectors are gone
   */
  async search(query: Float32Array, k: number, among?: readonly number[]): Promise<Neighbour[]> {
    const wanted = Math.min(k, among?.length ?? this.size);
    if (wanted <= 0) return [];
    const graph = this.#graph && !among && wanted <= MOST_CANDIDATES;
    const found = await this.#ask<{ label: number; cosine: number }>(searchSql({ table: this.#table, graph, query, k: wanted, among }));
    if (found.length === 0) throw new DamagedIndex('its vectors are gone');
    return found.sort(nearestFirst);
  }
}
