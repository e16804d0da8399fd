import { confidence, evidence } from '../../../src/answer/confidence.ts';
import { loadEncoder } from '../../../src/app.ts';
import { loadConfig, VERSION } from '../../../src/config.ts';
import { documentOf } from '../../../src/evaluation/sets.ts';
import { openIndex } from '../../../src/indexing/store.ts';
import { retrieve } from '../../../src/retrieval/retriever.ts';
import { detectLanguage } from '../../../src/text/language.ts';
import type { Peer } from '../peer.ts';

export const isnad: Peer = {
  id: 'isnad',
  name: `Isnad ${VERSION}`,
  what: 'HNSW, BM25, late interaction, reader',
  async build(texts, _vectors, folder) {
    const encoder = await loadEncoder(loadConfig());
    const { index } = await openIndex(folder, [documentOf('bench', texts)], encoder);
    return {
      async search(question, k) {
        const { ranked } = await retrieve(question, index, encoder);
        return ranked.slice(0, k).map(({ label, score }) => ({ label, score }));
      },
      async sureness(question) {
        const { ranked } = await retrieve(question, index, encoder);
        return confidence(detectLanguage(question) === 'en' ? 'en' : 'ar', evidence(ranked), encoder.info.fit);
      },
      close: () => encoder.close(),
    };
  },
};
