/** What is measured, each in a process of its own so that nothing of one is in the memory, the caches or the compiled code of another. */
import type { PeerId } from './peers.ts';
import type { SetName } from './public-sets.ts';

/** Passages in a folder: `texts.json`, `sentences.json` (what they are composed of), and `vectors.f32` where they have been composed. */
interface OnPassages {
  readonly peer: PeerId;
  /** Folder of the passages. */
  readonly passages: string;
  /** Whether the vectors there are given to the peer, which then embeds nothing. */
  readonly given: boolean;
  /** Folder in which the peer saves what it builds. */
  readonly folder: string;
}

export interface BuildJob extends OnPassages {
  readonly job: 'build';
}
export interface ServeJob extends OnPassages {
  readonly job: 'serve';
  readonly questions: readonly string[];
}
export interface RecallJob extends OnPassages {
  readonly job: 'recall';
  readonly questions: readonly string[];
}
export interface ColdJob extends OnPassages {
  readonly job: 'cold';
  readonly question: string;
}
export interface QualityJob {
  readonly job: 'quality';
  readonly peer: PeerId;
  readonly set: SetName;
  /** Folder of the public sets. */
  readonly sets: string;
  readonly folder: string;
}
/** The raw model: `session.run` and nothing else. */
export interface FloorJob {
  readonly job: 'floor';
  readonly passages: string;
  readonly questions: readonly string[];
}
/** Embeds the sentences of passages, where they are not, and composes the passages' vectors. */
export interface ComposeJob {
  readonly job: 'compose';
  readonly passages: string;
}
export type Job = BuildJob | ServeJob | RecallJob | ColdJob | QualityJob | FloorJob | ComposeJob;

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Of a peer, as its module has it. */
export interface Named {
  readonly name: string;
  readonly what: string;
  readonly embeds: boolean;
}

export interface BuildResult extends Named {
  /** Milliseconds from the texts to an index that answers and is saved, the model being loaded meanwhile. */
  readonly time: number;
  /** Of them for embedding, as far as it can be told apart. */
  readonly embedding: number;
  /** Bytes that the index takes on the disk; 0 where nothing is saved. */
  readonly bytes: number;
}
export interface ServeResult {
  readonly question: Latency;
  /** Median of each stage, milliseconds. */
  readonly stages: Readonly<Record<string, number>>;
  /** Questions a second, eight waiting at a time. */
  readonly sustained: number;
  /** Bytes in memory after it. */
  readonly memory: number;
}
/** Mean over the questions. */
export interface RecallResult {
  readonly recall10: number;
}
export interface ColdResult {
  /** Passages found. */
  readonly hits: number;
}
/** Of each question: rank of the right passage, from 1, `null` where it was not among the first ten. */
export interface QualityResult extends Named {
  readonly ranks: readonly (number | null)[];
  /** How sure it was of some answer, and how sure when the right passage was taken out; of two questions a passage. */
  readonly sure: readonly { readonly question: number; readonly answerable: number; readonly taken: number }[];
}
export interface FloorResult {
  /** The encoder alone on the tokens of a question. */
  readonly encoder: Latency;
  /** The reader alone on a question and two passages. */
  readonly reader: Latency;
  /** Passages a second in batches of alike lengths: by the encoder, and by the graph that passages have where there is a reader. */
  readonly passages: number;
  readonly passagesRemembered: number;
}
export interface ComposeResult {
  /** How many there are of each. */
  readonly sentences: number;
  readonly passages: number;
}
export interface Results {
  readonly build: BuildResult;
  readonly serve: ServeResult;
  readonly recall: RecallResult;
  readonly cold: ColdResult;
  readonly quality: QualityResult;
  readonly floor: FloorResult;
  readonly compose: ComposeResult;
}
