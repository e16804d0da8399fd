import { HuggingFaceEmbedding } from '@llamaindex/huggingface';
import { Settings, storageContextFromDefaults, TextNode, VectorStoreIndex } from 'llamaindex';
import { asEmbedding } from '../clock.ts';
import '../local-models.ts';
import { MODEL, PIPELINE_OPTIONS, PREFIX } from '../model.ts';
import type { Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

/** Its embedding with the prefixes that the model wants. */
class PrefixedEmbedding extends HuggingFaceEmbedding {
  /** Vectors that are there already, by text: it embeds every node, even one that has its vector. */
  given: ReadonlyMap<string, Float32Array> = new Map();

  override async getTextEmbedding(text: string): Promise<number[]> {
    const given = this.given.get(text);
    if (given) return Array.from(given);
    return asEmbedding(() => super.getTextEmbedding(PREFIX.passage + text));
  }

  override getQueryEmbedding(query: { type: string; text?: string } | string): Promise<number[] | null> {
    return asEmbedding(() => super.getTextEmbedding(PREFIX.query + (typeof query === 'string' ? query : (query.text ?? ''))));
  }
}

function settle(): PrefixedEmbedding {
  const embedding = new PrefixedEmbedding({ modelType: MODEL, modelOptions: PIPELINE_OPTIONS });
  Settings.embedModel = embedding;
  return embedding;
}

function searching(index: VectorStoreIndex): Searcher {
  return {
    async search(question, k) {
      const found = await index.asRetriever({ similarityTopK: k }).retrieve({ query: question });
      return found.map(({ node, score = 0 }) => ({ label: Number(node.id_), score }));
    },
  };
}

export const llamaindex: Peer = {
  name: `LlamaIndex.TS ${version('llamaindex')}`,
  what: 'vector index',
  embeds: true,
  async build({ texts, vectors }, folder) {
    const embedding = settle();
    if (vectors) embedding.given = new Map(texts.map((text, label) => [text, vectors[label] ?? new Float32Array()]));
    const nodes = texts.map((text, label) => new TextNode({ text, id_: String(label), metadata: {} }));
    const storageContext = await storageContextFromDefaults({ persistDir: folder });
    return searching(await VectorStoreIndex.init({ nodes, storageContext }));
  },
  async open(folder) {
    settle();
    const storageContext = await storageContextFromDefaults({ persistDir: folder });
    return searching(await VectorStoreIndex.init({ storageContext }));
  },
};
