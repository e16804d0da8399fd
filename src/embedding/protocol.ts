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

/** A file of a hub's model arrives: bytes. */
export interface Download {
  readonly type: 'download';
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

/** What the reader's thread is started with. */
export interface ReaderOptions {
  /** Folder of the model. */
  readonly folder: string;
  readonly threads: number;
}

export interface EncodeRequest {
  readonly role: Role;
  readonly texts: readonly string[];
}

export interface ReadRequest {
  readonly lower: Float32Array;
  readonly memories: readonly Memory[];
  /** Rows of a memory before its passage's first token. */
  readonly skipped: number;
}

/** What the encoder's thread tells once it can serve. */
export interface EncoderReady {
  readonly info: EncoderInfo;
  /** Tokens before a passage's first: the special one and the prefix. */
  readonly skipped: number;
}

/** A request with the number that its reply will have, or the order to end: after the pass under way, since a thread that is ended within one takes the process down. */
export type ToThread<Request> = { readonly type: 'request'; readonly id: number; readonly request: Request } | { readonly type: 'close' };

export type FromThread<Ready, Reply> =
  | Download
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'failed'; readonly message: string; readonly byUser: boolean }
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'error'; readonly id: number; readonly message: string };

export type EncodeReply = readonly Encoded[];
export type ReadReply = readonly Reading[];
