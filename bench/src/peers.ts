import type { Peer } from './peer.ts';

/** Loaded one at a time: each is measured in a process of its own. In the order of the tables. */
export const PEERS = {
  isnad: async () => (await import('./peers/isnad.ts')).withReader,
  'isnad-finding': async () => (await import('./peers/isnad.ts')).withoutReader,
  'isnad-pgvector': async () => (await import('./peers/isnad.ts')).inPostgres,
  'langchain-hnswlib': async () => (await import('./peers/langchain.ts')).hnsw,
  'langchain-memory': async () => (await import('./peers/langchain.ts')).memory,
  llamaindex: async () => (await import('./peers/llamaindex.ts')).llamaindex,
  vectra: async () => (await import('./peers/vectra.ts')).vectra,
  'orama-hybrid': async () => (await import('./peers/orama.ts')).hybrid,
  'orama-vector': async () => (await import('./peers/orama.ts')).vector,
  'orama-fulltext': async () => (await import('./peers/orama.ts')).fulltext,
  minisearch: async () => (await import('./peers/minisearch.ts')).minisearch,
  hnswlib: async () => (await import('./peers/floors.ts')).hnswlibAlone,
  'brute-force': async () => (await import('./peers/floors.ts')).bruteForce,
} as const satisfies Record<string, () => Promise<Peer>>;

export type PeerId = keyof typeof PEERS;
export const PEER_IDS = Object.keys(PEERS) as PeerId[];
/** Those that need a database server: they are measured where `DATABASE_URL` names one. */
export const IN_POSTGRES: readonly PeerId[] = ['isnad-pgvector'];
