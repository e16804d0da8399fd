import { asEmbedding } from '../clock.ts';
import { composing } from '../compose.ts';
import { answering, configuration, connecting, encoding, languageOf, retrieving, sets, storing, storingInPostgres } from '../isnad.ts';
import type { Passages, Peer, Searcher } from '../peer.ts';

type Encoder = import('../../../src/embedding/encoder.ts').Encoder;
type Retrieval = import('../../../src/retrieval/retriever.ts').Retrieval;

type IndexStore = import('../../../src/indexing/index-store.ts').IndexStore;

const { loadConfig, VERSION } = await configuration();
const config = loadConfig();
/** In a database, as of a server of Discord: apart from what else is kept there, the newest index only. */
const OF = 'bench';

/** @param reads `false` leaves the reader out: what is left is what the others do too, finding */
function isnad(what: string, reads: boolean, storeIn: (folder: string) => Promise<IndexStore> = inFolder): Peer {
  return {
    name: `Isnad ${VERSION}`,
    what,
    embeds: true,
    async build(passages, folder) {
      const store = await storeIn(folder);
      // What was built before would be taken over.
      await store.clear();
      const searcher = await opened(passages, store, reads, passages.composedIn);
      return storeIn === inDatabase ? { ...searcher, bytes: bytesInDatabase } : searcher;
    },
    open: async (folder, passages) => opened(passages, await storeIn(folder), reads, undefined),
  };
}

async function inFolder(folder: string): Promise<IndexStore> {
  const { FolderStore } = await storing();
  return new FolderStore(folder);
}

async function inDatabase(): Promise<IndexStore> {
  const { PgvectorStore } = await storingInPostgres();
  return PgvectorStore.connect(databaseUrl(), () => undefined).of(OF);
}

function databaseUrl(): string {
  if (config.data.url === undefined) throw new Error('Set DATABASE_URL to a Postgres server with pgvector.');
  return config.data.url;
}

/** Of everything of the program's in the database. */
async function bytesInDatabase(): Promise<number> {
  const { openPool } = await connecting();
  const pool = openPool(databaseUrl(), () => undefined);
  const { rows } = await pool.query<{ bytes: string }>(
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::text AS bytes FROM pg_class WHERE relnamespace = 'isnad'::regnamespace AND relkind = 'r'",
  );
  await pool.end();
  return Number(rows[0]?.bytes);
}

/** Its embedding counted as such, what the reader would keep left out where it does not read. */
async function encoderOf(reads: boolean, composedIn: string | undefined): Promise<Encoder> {
  const { TransformersEncoder } = await encoding();
  // The others load the model as they begin to embed, too.
  const whole = await asEmbedding(async () => {
    const loaded = await TransformersEncoder.load(config.embedding);
    return composedIn === undefined ? loaded : composing(loaded, composedIn);
  });
  return {
    info: { ...whole.info, reader: whole.info.reader && reads },
    ended: whole.ended,
    async encode(texts, role, onProgress) {
      const encoded = await asEmbedding(() => whole.encode(texts, role, onProgress));
      return reads ? encoded : encoded.map((own) => ({ ...own, memories: [] }));
    },
    read: whole.read.bind(whole),
    close: whole.close.bind(whole),
  };
}

async function opened({ texts }: Passages, store: IndexStore, reads: boolean, composedIn: string | undefined): Promise<Searcher> {
  const [{ documentOf }, { retrieve }, { confidence, evidence }, { detectLanguage }, encoder] = await Promise.all([
    sets(),
    retrieving(),
    answering(),
    languageOf(),
    encoderOf(reads, composedIn),
  ]);
  const { index } = await store.open([documentOf('bench', texts)], encoder);
  let last: { readonly question: string; readonly retrieval: Retrieval } | undefined;
  return {
    async search(question, k) {
      const retrieval = await retrieve(question, index, encoder);
      last = { question, retrieval };
      return retrieval.ranked.slice(0, k).map(({ label, score }) => ({ label, score }));
    },
    stages: () => ({ ...last?.retrieval.times }),
    async sureness(question, without) {
      const known = without === undefined && last?.question === question ? last.retrieval : undefined;
      const { ranked } = known ?? (await retrieve(question, index, encoder, without === undefined ? {} : { without: [without] }));
      const found = evidence(ranked);
      // The confidence of this model is fitted to what its reader says: without it there is MaxSim.
      return reads ? confidence(detectLanguage(question) === 'en' ? 'en' : 'ar', found, encoder.info.fit) : found.late;
    },
    async recall(question, k) {
      const [encoded] = await encoder.encode([question], 'query');
      if (!encoded) throw new Error('The encoder gave nothing for the question.');
      const all = Array.from({ length: index.vectors.size }, (_, label) => label);
      const nearest = new Set((await index.vectors.search(encoded.vectors, k, all)).map(({ label }) => label));
      const found = await index.vectors.search(encoded.vectors, k);
      return found.filter(({ label }) => nearest.has(label)).length / nearest.size;
    },
    async close() {
      await encoder.close();
      await store.close();
    },
  };
}

export const withReader = isnad('as it is: with its reader', true);
export const withoutReader = isnad('without its reader', false);
export const inPostgres = isnad('its index in Postgres', true, inDatabase);
