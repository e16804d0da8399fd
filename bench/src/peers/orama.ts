import { create, insertMultiple, search } from '@orama/orama';
import { stemmer } from '@orama/stemmers/arabic';
import { stopwords } from '@orama/stopwords/arabic';
import { embed, version } from '../embedding.ts';
import type { Peer } from '../peer.ts';

const DIMENSIONS = 384;
const name = `Orama ${await version('@orama/orama')}`;

function peer(id: string, what: string, mode: 'fulltext' | 'vector' | 'hybrid'): Peer {
  return {
    id,
    name,
    what,
    async build(texts, vectors) {
      const db = create({
        schema: { label: 'number', text: 'string', embedding: `vector[${DIMENSIONS}]` } as const,
        components: { tokenizer: { language: 'arabic', stemming: true, stemmer, stopWords: stopwords } },
      });
      const own = mode === 'fulltext' ? undefined : (vectors ?? (await embed(texts, 'passage')));
      await insertMultiple(
        db,
        texts.map((text, label) => ({ label, text, ...(own?.[label] && { embedding: Array.from(own[label]) }) })),
        500,
      );
      return {
        async search(question, k) {
          const [vector] = mode === 'fulltext' ? [] : await embed([question], 'query');
          const near = { value: Array.from(vector ?? []), property: 'embedding' };
          const found = await search(db, mode === 'fulltext' ? { limit: k, term: question } : { limit: k, mode, term: question, vector: near, similarity: 0 });
          return found.hits.map(({ document, score }) => ({ label: document.label, score }));
        },
        close: () => Promise.resolve(),
      };
    },
  };
}

export const oramaFulltext = peer('orama-fulltext', 'full text, Arabic stemmer', 'fulltext');
export const oramaVector = peer('orama-vector', 'vectors', 'vector');
export const oramaHybrid = peer('orama-hybrid', 'hybrid', 'hybrid');
