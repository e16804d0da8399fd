import { MOST_EMBEDDED } from './speed.ts';

/** What a reader must know to judge the figures, in Markdown. */
export function howItWasMeasured(): string {
  const most = MOST_EMBEDDED.toLocaleString('en');
  return [
    'Whoever embeds has the same model file, with the prefixes that it was trained with, on the same transformers.js and onnxruntime; everything else is as each comes. Each measurement has a process of its own, one at a time.',
    '**Quality.** Every question of a set is put to all its paragraphs. In brackets: 95 % bootstrap intervals, questions of one paragraph drawn together. AUC: of two questions a paragraph it is asked how sure the peer is with the paragraph there, and with it taken out, when nothing is to be found; AUC is how often it is surer of one that is there. Isnad has a confidence for this; of the others it is the score of the best passage. The risk–coverage plot has the same questions.',
    `**Speed.** Passages are one to three sentences of Arabic encyclopedia, put together anew; questions are every sixth of XQuAD. *Build* is from the texts to an index that answers and is saved, the model being loaded meanwhile. A question is timed from its text to the first five passages, after twenty to warm up; *questions/s* has eight waiting at a time. *Start* is from starting the process to its first answer, with what was saved: median of five (fewer where they take more than a minute together). Memory is what the process holds after the questions. *× raw model*: the same graphs in the same onnxruntime, run on tokens that are there already, and nothing else (for Isnad with its reader on two passages, which is between a plain question and a hard one). *× fastest*: the fastest of the others that embed, at that size.`,
    `**More than ${most} passages** are not embedded one by one, which would take hours for each peer: every sentence is embedded once, and a passage's vector is the mean of those of its sentences, weighted by their tokens; what Isnad keeps of each token is taken from the sentences in the same way. So indexes have the size and the shape that they would have, and times of questions, memory and disk are measured; which passage is found in them is not looked at, only whether the ten nearest vectors are (*recall@10*). The time that embedding would take there is computed from what the same peer took for ${most} passages: figures with it have a ≈.`,
    'LlamaIndex.TS writes its whole store anew with each passage: ten times as many passages take a hundred times as long, so at 100,000 it was not tried.',
    '*Isnad, its index in Postgres*: the server runs on the same machine; its own memory is not counted.',
    'What is not measured in one run is not to be compared finely: the same machine is a quarter slower on some days.',
    '*Isnad without its reader* embeds as the one with it does, and throws away what the reader would keep.',
  ].join('\n\n');
}
