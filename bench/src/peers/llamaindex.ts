import { HuggingFaceEmbedding } from '@llamaindex/huggingface';
import { Settings, storageContextFromDefaults, TextNode, VectorStoreIndex } from 'llamaindex';
import { asEmbedding } from '../clock.ts';
import '../local-models.ts';
import { MODEL, PIPELINE_OPTIONS, PREFIX } from '../model.ts';
import type { Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

/** Its embedding with the prefixes that the model wants. */
class PrefixedEmbedding extends HuggingFaceEmbedding {
  override getTextEmbedding(text: string): Promise<number[]> {
    return asEmbedding(() => super.getTextEmbedding(PREFIX.passage + text));
  }

  override getQueryEmbedding(query: { type: string; text?: string } | string): Promise<number[] | null> {
    return asEmbedding(() => super.getTextEmbedding(PREFIX.query + (typeof query === 'string' ? query : (query.text ?? ''))));
  }
}

function settle(): void {
  Settings.embedModel = new PrefixedEmbedding({ modelType: MODEL, modelOptions: PIPELINE_OPTIONS });
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
    settle();
    const nodes = texts.map(
      (text, label) => new TextNode({ text, id_: String(label), metadata: {}, ...(vectors?.[label] && { embedding: Array.from(vectors[label]) }) }),
    );
    const storageContext = await storageContextFromDefaults({ persistDir: folder });
    return searching(await VectorStoreIndex.init({ nodes, storageContext }));
  },
  async open(folder) {
    settle();
    const storageContext = await storageContextFromDefaults({ persistDir: folder });
    return searching(await VectorStoreIndex.init({ storageContext }));
  },
};
