import type { Encoded, EncoderInfo, Memory, Reading, Role } from './encoder.ts';

/** What the encoder's thread is started with. */
export interface WorkerOptions {
  /** Absolute path of a model folder, or a hub id such as `Xenova/multilingual-e5-small`. */
  readonly model: string;
  /** Where downloaded models are kept. */
  readonly cacheFolder: string;
  /** Base address of the hub; `undefined`: nothing may be downloaded. */
  readonly hub: string | undefined;
  /** Threads of one forward pass. */
  readonly threads: number;
  /** `false` leaves the model's token mean in: for computing it. Default `true`. */
  readonly centre?: boolean;
}

export interface EncodeRequest {
  readonly type: 'encode';
  readonly id: number;
  readonly role: Role;
  readonly texts: readonly string[];
}

export interface ReadRequest {
  readonly type: 'read';
  readonly id: number;
  readonly lower: Float32Array;
  readonly memories: readonly Memory[];
}

/** Asks the thread to end: after the pass under way, since a thread that is terminated within one takes the process down. */
export interface CloseRequest {
  readonly type: 'close';
}

export type WorkerMessage =
  | { readonly type: 'download'; readonly file: string; readonly loaded: number; readonly total: number }
  | { readonly type: 'ready'; readonly info: EncoderInfo }
  | { readonly type: 'failed'; readonly message: string; readonly byUser: boolean }
  | { readonly type: 'encoded'; readonly id: number; readonly encoded: readonly Encoded[] }
  | { readonly type: 'read'; readonly id: number; readonly readings: readonly Reading[] }
  | { readonly type: 'error'; readonly id: number; readonly message: string };
