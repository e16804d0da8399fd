import { asEmbedding } from '../clock.ts';
import { composing } from '../compose.ts';
import { answering, building, configuration, encoding, languageOf, retrieving, sets, storing, textsKept } from '../isnad.ts';
import type { Passages, Peer, Searcher } from '../peer.ts';

type Encoder = import('../../../src/embedding/encoder.ts').Encoder;
type ReportIndex = import('../../../src/indexing/report-index.ts').ReportIndex;
type Retrieval = import('../../../src/retrieval/retriever.ts').Retrieval;
type HnswIndex = import('../../../src/indexing/hnsw.ts').HnswIndex;
type EmbeddedText = import('../../../src/indexing/build.ts').EmbeddedText;

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
  const [{ openIndex }, { documentOf }, { retrieve }, { confidence, evidence }, { detectLanguage }, encoder] = await Promise.all([
    storing(),
    sets(),
    retrieving(),
    answering(),
    languageOf(),
    encoderOf(reads, composedIn),
  ]);
  const { index } = await openIndex(folder, [documentOf('bench', texts)], encoder);
  let last: { readonly question: string; readonly index: ReportIndex; readonly retrieval: Retrieval } | undefined;
  const ask = async (question: string, of: ReportIndex) => {
    if (last?.question !== question || last.index !== of) last = { question, index: of, retrieval: await retrieve(question, of, encoder) };
    return last.retrieval;
  };
  let short: { readonly without: number; readonly index: ReportIndex } | undefined;
  return {
    async search(question, k) {
      last = undefined;
      const { ranked } = await ask(question, index);
      return ranked.slice(0, k).map(({ label, score }) => ({ label, score }));
    },
    stages: () => ({ ...last?.retrieval.times }),
    async sureness(question, without) {
      if (without !== undefined && short?.without !== without) short = { without, index: await shortened(index, texts, without, encoder) };
      const { ranked } = await ask(question, without === undefined ? index : (short?.index ?? index));
      const found = evidence(ranked);
      // The confidence of this model is fitted to what its reader says: without it there is MaxSim.
      return reads ? confidence(detectLanguage(question) === 'en' ? 'en' : 'ar', found, encoder.info.fit) : found.late;
    },
    close: () => encoder.close(),
  };
}

/** The index as it would be without a passage; nothing is embedded again. */
async function shortened(index: ReportIndex, texts: readonly string[], without: number, encoder: Encoder): Promise<ReportIndex> {
  const [{ build, passageOfVector }, { documentOf }, { TextsInMemory }] = await Promise.all([building(), sets(), textsKept()]);
  const document = documentOf(
    'bench',
    texts.filter((_, label) => label !== without),
  );
  const [states, memories] = [await index.texts.states(texts.map((_, i) => i)), await index.texts.memories(texts.map((_, i) => i))];
  const vectorsOf = texts.map((): number[] => []);
  for (const [vector, passage] of index.vectorPassage.entries()) vectorsOf[passage]?.push(vector);
  const { dimensions } = encoder.info;
  const place = new Map(texts.map((text, label) => [text, label]));
  const known = (text: string): Promise<EmbeddedText> | undefined => {
    const label = place.get(text) ?? -1;
    const own = states[label];
    if (!own) return undefined;
    const vectors = new Float32Array((vectorsOf[label]?.length ?? 0) * dimensions);
    for (const [row, vector] of (vectorsOf[label] ?? []).entries()) vectors.set((index.vectors as HnswIndex).vector(vector), row * dimensions);
    return Promise.resolve({ states: own, memories: memories[label] ?? [], vectors });
  };
  const kept = new TextsInMemory();
  const { passages, vectors, vectorText, lexical, translations } = await build([document], encoder, kept, undefined, known);
  return { documents: [document], passages, vectors, vectorPassage: passageOfVector(vectorText, translations), lexical, texts: kept, translations };
}

export const withReader = isnad(true);
export const withoutReader = isnad(false);
