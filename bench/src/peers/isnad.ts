import { asEmbedding } from '../clock.ts';
import { composing } from '../compose.ts';
import { answering, configuration, encoding, languageOf, retrieving, sets, storing } from '../isnad.ts';
import type { Passages, Peer, Searcher } from '../peer.ts';

type Encoder = import('../../../src/embedding/encoder.ts').Encoder;
type Retrieval = import('../../../src/retrieval/retriever.ts').Retrieval;

const { loadConfig, VERSION } = await configuration();

/** @param reads `false` leaves the reader out: what is left is what the others do too, finding */
function isnad(reads: boolean): Peer {
  return {
    name: `Isnad ${VERSION}`,
    what: reads ? 'as it is: with its reader' : 'without its reader',
    embeds: true,
    build: (passages, folder) => opened(passages, folder, reads, passages.composedIn),
    open: (folder, passages) => opened(passages, folder, reads, undefined),
  };
}

/** Its embedding counted as such, what the reader would keep left out where it does not read. */
async function encoderOf(reads: boolean, composedIn: string | undefined): Promise<Encoder> {
  const { TransformersEncoder } = await encoding();
  // The others load the model as they begin to embed, too.
  const whole = await asEmbedding(async () => {
    const loaded = await TransformersEncoder.load(loadConfig().embedding);
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

async function opened({ texts }: Passages, folder: string, reads: boolean, composedIn: string | undefined): Promise<Searcher> {
  const [{ FolderStore }, { documentOf }, { retrieve }, { confidence, evidence }, { detectLanguage }, encoder] = await Promise.all([
    storing(),
    sets(),
    retrieving(),
    answering(),
    languageOf(),
    encoderOf(reads, composedIn),
  ]);
  const { index } = await new FolderStore(folder).open([documentOf('bench', texts)], encoder);
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
    close: () => encoder.close(),
  };
}

export const withReader = isnad(true);
export const withoutReader = isnad(false);
