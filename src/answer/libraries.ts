import { LRUCache } from 'lru-cache';
import type { Document } from '../corpus/document.ts';
import type { Encoder } from '../embedding/encoder.ts';
import type { BuiltIndex } from '../indexing/report-index.ts';
import { unionOf } from '../indexing/union.ts';
import { Answerer } from './answerer.ts';

/** Servers whose own reports are held ready, and passages of these together; the others' are opened again when somebody asks there. */
const MOST_SERVERS = 1_000;
const MOST_PASSAGES = 20_000;

/** What the libraries are made of; the program that starts the bot gives it. */
export interface LibraryParts {
  readonly encoder: Encoder;
  /** What everybody is answered from, as it is now. */
  readonly common: () => { readonly index: BuiltIndex; readonly answerer: Answerer };
  /** Builds the common index anew. */
  readonly rebuildCommon: () => Promise<unknown>;
  /** A server's own reports. @throws where they can't be had */
  readonly reportsOf: (server: string) => Promise<readonly Document[]>;
  /** Opens the index of a server's own reports. @param force build it even when one is there */
  readonly open: (server: string, reports: readonly Document[], force: boolean) => Promise<BuiltIndex>;
  /** Removes every index of a server. */
  readonly clear: (server: string) => Promise<void>;
}

/** A server's own reports, ready to be answered from. */
interface Own {
  /** `undefined`: it has none. */
  readonly index: BuiltIndex | undefined;
  /** What answers from them and from a common index, once somebody has asked. */
  united: { readonly common: BuiltIndex; readonly answerer: Answerer } | undefined;
}

/**
 * What is answered from in each place: the common reports, and on a server its own before them. A server's own reports are an index apart, which is only
 * ever joined to the common one for that server: what another server has is not left out of its answers, it was never in reach.
 */
export class Libraries {
  readonly #parts: LibraryParts;
  readonly #own: LRUCache<string, Own>;
  /** The last change under way: one at a time, of all servers, as each embeds and questions are to have their turn. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: LibraryParts) {
    this.#parts = parts;
    this.#own = new LRUCache({
      max: MOST_SERVERS,
      maxSize: MOST_PASSAGES,
      sizeCalculation: ({ index }) => 1 + Math.min(MOST_PASSAGES - 1, index?.passages.length ?? 0),
      fetchMethod: async (server) => this.#opened(server, await parts.reportsOf(server)),
      // Whoever waits gets what was opened, though others may have taken its place meanwhile.
      ignoreFetchAbort: true,
    });
  }

  /** What everybody is answered from, as it is now. */
  get common(): BuiltIndex {
    return this.#parts.common().index;
  }

  /**
   * What answers at a place.
   *
   * @param server `undefined` outside servers
   * @throws where the server's own reports can't be had: without them "the report does not say" would be no honest answer
   */
  async answererFor(server: string | undefined): Promise<Answerer> {
    const { answerer } = this.#parts.common();
    if (server === undefined) return answerer;
    const own = await this.#own.fetch(server);
    return own?.index ? this.#united(server, own, own.index) : answerer;
  }

  /**
   * Changes a server's own reports: their index is built first, then they are kept, then they answer. Until then, and if either fails, those that it has do.
   *
   * @param reports given those it has, in order, those it shall have
   * @param keep makes the change last; whether it could be
   * @throws UserError when the index can't be built
   */
  change(server: string, reports: (own: readonly Document[]) => readonly Document[], keep: () => Promise<boolean>): Promise<boolean> {
    return this.#inOrder(async () => {
      const before = await this.#parts.reportsOf(server);
      const wanted = reports(before);
      if (wanted.length === 0) await this.#parts.clear(server);
      const own = await this.#opened(server, wanted);
      if (await keep()) {
        this.#own.set(server, own);
        return true;
      }
      // Only the newest index of a server is kept: that of the reports it still has is built again, of what is embedded already.
      this.#own.delete(server);
      return false;
    });
  }

  /** Removes what is held of a server. */
  async forget(server: string): Promise<void> {
    await this.#inOrder(async () => {
      this.#own.delete(server);
      await this.#parts.clear(server);
    });
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#changing.then(work);
    this.#changing = change.catch(() => undefined);
    return change;
  }

  async #opened(server: string, reports: readonly Document[], force = false): Promise<Own> {
    return { index: reports.length > 0 ? await this.#parts.open(server, reports, force) : undefined, united: undefined };
  }

  #united(server: string, own: Own, index: BuiltIndex): Answerer {
    const common = this.#parts.common().index;
    if (own.united?.common === common) return own.united.answerer;
    const answerer = new Answerer(unionOf([index, common]), this.#parts.encoder, async () => {
      // Which of the two is damaged is not known. Of several questions that meet the damage the first one mends it; another may have taken their place, too.
      if (this.#parts.common().index === common && this.#own.peek(server) === own) {
        await this.#parts.rebuildCommon();
        this.#own.set(server, await this.#opened(server, index.documents, true));
      }
      return this.answererFor(server);
    });
    own.united = { common, answerer };
    return answerer;
  }
}
