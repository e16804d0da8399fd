import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, insertMultiple, load, type RawData, save, search } from '@orama/orama';
import { stemmer as arabicStemmer } from '@orama/stemmers/arabic';
import { stemmer as englishStemmer } from '@orama/stemmers/english';
import { stopwords as arabicStopwords } from '@orama/stopwords/arabic';
import { stopwords as englishStopwords } from '@orama/stopwords/english';
import { embed } from '../embedding.ts';
import { DIMENSIONS } from '../model.ts';
import type { Passages, Peer, Searcher } from '../peer.ts';
import { version } from '../version.ts';

type Mode = 'fulltext' | 'vector' | 'hybrid';

const TOKENIZERS = {
  ar: { language: 'arabic', stemming: true, stemmer: arabicStemmer, stopWords: arabicStopwords },
  en: { language: 'english', stemming: true, stemmer: englishStemmer, stopWords: englishStopwords },
};

function database(language: Passages['language']) {
  return create({
    schema: { label: 'number', text: 'string', embedding: `vector[${DIMENSIONS}]` } as const,
    components: { tokenizer: TOKENIZERS[language] },
  });
}

function searching(db: ReturnType<typeof database>, mode: Mode): Searcher {
  return {
    async search(question, k) {
      const [vector] = mode === 'fulltext' ? [] : await embed([question], 'query');
      const near = { value: Array.from(vector ?? []), property: 'embedding' };
      const found = await search(db, mode === 'fulltext' ? { limit: k, term: question } : { limit: k, mode, term: question, vector: near, similarity: 0 });
      return found.hits.map(({ document, score }) => ({ label: document.label, score }));
    },
  };
}

function peer(what: string, mode: Mode): Peer {
  return {
    name: `Orama ${version('@orama/orama')}`,
    what,
    embeds: mode !== 'fulltext',
    async build({ texts, language, vectors }, folder) {
      const db = database(language);
      const own = mode === 'fulltext' ? undefined : (vectors ?? (await embed(texts, 'passage')));
      await insertMultiple(
        db,
        texts.map((text, label) => ({ label, text, ...(own?.[label] && { embedding: Array.from(own[label]) }) })),
        500,
      );
      await writeFile(join(folder, 'index.json'), JSON.stringify(save(db)));
      return searching(db, mode);
    },
    async open(folder, { language }) {
      const db = database(language);
      load(db, JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as RawData);
      return searching(db, mode);
    },
  };
}

export const fulltext = peer('full text, its stemmer and stop words', 'fulltext');
export const vector = peer('vectors', 'vector');
export const hybrid = peer('hybrid', 'hybrid');
