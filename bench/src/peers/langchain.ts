import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { HuggingFaceTransformersEmbeddings } from '@langchain/community/embeddings/huggingface_transformers';
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib';
import { Document } from '@langchain/core/documents';
import type { VectorStore } from '@langchain/core/vectorstores';
import { asEmbedding } from '../clock.ts';
import '../local-models.ts';
import { MODEL, PIPELINE_OPTIONS, PREFIX } from '../model.ts';
import type { Passages, Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

/** Its transformers embeddings with the prefixes that the model wants. */
class PrefixedEmbeddings extends HuggingFaceTransformersEmbeddings {
  override embedDocuments(texts: string[]): Promise<number[][]> {
    return asEmbedding(() => super.embedDocuments(texts.map((text) => PREFIX.passage + text)));
  }

  override embedQuery(text: string): Promise<number[]> {
    return asEmbedding(() => super.embedQuery(PREFIX.query + text));
  }
}

function embeddings(): PrefixedEmbeddings {
  return new PrefixedEmbeddings({ model: MODEL, pretrainedOptions: PIPELINE_OPTIONS as object });
}

async function add(store: VectorStore, { texts, vectors }: Passages): Promise<void> {
  const documents = texts.map((text, label) => new Document({ pageContent: text, metadata: { label } }));
  if (vectors) {
    await store.addVectors(
      vectors.map((vector) => Array.from(vector)),
      documents,
    );
  } else await store.addDocuments(documents);
}

function searching(store: VectorStore, similarity: (score: number) => number): Searcher {
  return {
    async search(question, k) {
      const found = await store.similaritySearchWithScore(question, k);
      return found.map(([document, score]) => ({ label: document.metadata['label'] as number, score: similarity(score) }));
    },
  };
}

const name = `LangChain.js ${version('@langchain/community')}`;

/** It gives a distance. */
const fromDistance = (distance: number) => 1 - distance;

export const hnsw: Peer = {
  name,
  what: 'HNSWLib store',
  embeds: true,
  async build(passages, folder) {
    const store = new HNSWLib(embeddings(), { space: 'cosine' });
    await add(store, passages);
    await store.save(folder);
    return searching(store, fromDistance);
  },
  async open(folder) {
    return searching(await HNSWLib.load(folder, embeddings()), fromDistance);
  },
};

export const memory: Peer = {
  name,
  what: 'memory store',
  embeds: true,
  async build(passages) {
    const store = new MemoryVectorStore(embeddings());
    await add(store, passages);
    return searching(store, (cosine) => cosine);
  },
};
