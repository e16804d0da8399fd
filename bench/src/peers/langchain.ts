import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { HuggingFaceTransformersEmbeddings } from '@langchain/community/embeddings/huggingface_transformers';
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib';
import { Document } from '@langchain/core/documents';
import type { VectorStore } from '@langchain/core/vectorstores';
import { MODEL, PIPELINE_OPTIONS, PREFIX, version } from '../embedding.ts';
import type { Peer } from '../peer.ts';

/** Its transformers embeddings with the prefixes that the model wants. */
class PrefixedEmbeddings extends HuggingFaceTransformersEmbeddings {
  override embedDocuments(texts: string[]): Promise<number[][]> {
    return super.embedDocuments(texts.map((text) => PREFIX.passage + text));
  }

  override embedQuery(text: string): Promise<number[]> {
    return super.embedQuery(PREFIX.query + text);
  }
}

function embeddings(): PrefixedEmbeddings {
  return new PrefixedEmbeddings({ model: MODEL, pretrainedOptions: PIPELINE_OPTIONS as object });
}

function peer(
  id: string,
  what: string,
  create: () => VectorStore,
  similarity: (score: number) => number,
  save?: (store: VectorStore, folder: string) => Promise<void>,
): Promise<Peer> {
  return version('@langchain/community').then((v) => ({
    id,
    name: `LangChain.js ${v}`,
    what,
    async build(texts, vectors, folder) {
      const store = create();
      const documents = texts.map((text, label) => new Document({ pageContent: text, metadata: { label } }));
      if (vectors)
        await store.addVectors(
          vectors.map((vector) => Array.from(vector)),
          documents,
        );
      else await store.addDocuments(documents);
      await save?.(store, folder);
      return {
        async search(question, k) {
          const found = await store.similaritySearchWithScore(question, k);
          return found.map(([document, score]) => ({ label: document.metadata['label'] as number, score: similarity(score) }));
        },
        close: () => Promise.resolve(),
      };
    },
  }));
}

export const langchainHnsw = await peer(
  'langchain-hnswlib',
  'HNSWLib store',
  () => new HNSWLib(embeddings(), { space: 'cosine' }),
  // It gives a distance.
  (distance) => 1 - distance,
  (store, folder) => (store as HNSWLib).save(folder),
);
export const langchainMemory = await peer(
  'langchain-memory',
  'memory store',
  () => new MemoryVectorStore(embeddings()),
  (cosine) => cosine,
);
