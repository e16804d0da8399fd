import { HuggingFaceEmbedding } from '@llamaindex/huggingface';
import { Settings, TextNode, VectorStoreIndex } from 'llamaindex';
import { MODEL, PIPELINE_OPTIONS, PREFIX, version } from '../embedding.ts';
import type { Peer } from '../peer.ts';

/** Its embedding with the prefixes that the model wants. */
class PrefixedEmbedding extends HuggingFaceEmbedding {
  #prefix: string = PREFIX.passage;

  override getTextEmbedding(text: string): Promise<number[]> {
    return super.getTextEmbedding(this.#prefix + text);
  }

  override async getQueryEmbedding(query: { type: string; text?: string } | string): Promise<number[] | null> {
    this.#prefix = PREFIX.query;
    try {
      return await super.getTextEmbedding(PREFIX.query + (typeof query === 'string' ? query : (query.text ?? '')));
    } finally {
      this.#prefix = PREFIX.passage;
    }
  }
}

export const llamaindex: Peer = {
  id: 'llamaindex',
  name: `LlamaIndex.TS ${await version('llamaindex')}`,
  what: 'vector index in memory',
  async build(texts, vectors) {
    Settings.embedModel = new PrefixedEmbedding({ modelType: MODEL, modelOptions: PIPELINE_OPTIONS });
    const nodes = texts.map(
      (text, label) => new TextNode({ text, id_: String(label), metadata: {}, ...(vectors?.[label] && { embedding: Array.from(vectors[label]) }) }),
    );
    const index = await VectorStoreIndex.init({ nodes });
    return {
      async search(question, k) {
        const found = await index.asRetriever({ similarityTopK: k }).retrieve({ query: question });
        return found.map(({ node, score = 0 }) => ({ label: Number(node.id_), score }));
      },
      close: () => Promise.resolve(),
    };
  },
};
