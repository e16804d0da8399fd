import PQueue from 'p-queue';
import type { Libraries } from '../answer/libraries.ts';
import type { Document } from '../corpus/document.ts';
import { type Unreadable, UnreadableFile } from '../corpus/formats/unreadable.ts';
import { EXTENSIONS, storedFrom, storedReport } from '../corpus/stored.ts';
import { areVersions, wholeText } from '../corpus/versions.ts';
import type { Records, ServerReport } from '../storage/records.ts';
import { download } from './download.ts';

/** Endings of the files that can be read. */
export const READABLE = EXTENSIONS;

/** Passages that a server's own reports may have together. */
const MOST_PASSAGES = 2_000;
/** Bytes that a file may have. */
const LARGEST = 8 * 2 ** 20;
/** What ids of servers' own reports begin with: no file of the seeds folder has such a name. */
const OWN = 'own/';

/** A report that was read and waits to be confirmed. */
export interface Proposal {
  /** What its buttons carry. */
  readonly id: string;
  readonly document: Document;
  /** The report of the same name, in whose place it comes. */
  readonly replaces: Document | undefined;
  /** A report that it looks like another version of. */
  readonly versionOf: Document | undefined;
}

/** Why a report is not taken. */
export type Refused =
  | { readonly why: 'empty' | 'expired' | 'not kept' }
  /** `most` reports, or passages. */
  | { readonly why: 'reports' | 'passages'; readonly most: number }
  | { readonly why: 'known'; readonly title: string }
  | { readonly why: 'unreadable'; readonly reason: Unreadable };

/** Reports that servers have added for themselves; each is bound to its server in every call. */
export class ServerReports {
  /** How many a server may have; 0: none. */
  readonly most: number;
  readonly #records: Records;
  readonly #libraries: Libraries;
  /** A file at a time: reading one may take 512 MB. */
  readonly #reading = new PQueue({ concurrency: 1 });

  constructor(records: Records, libraries: Libraries, most: number) {
    this.#records = records;
    this.#libraries = libraries;
    this.most = most;
  }

  /** Reads a file that Discord holds, and keeps what is in it until it is confirmed. */
  proposeFile(server: string, { name, url }: { readonly name: string; readonly url: string }): Promise<Proposal | Refused> {
    return this.#propose(server, name, () => download(url, LARGEST));
  }

  /** The same of a text. */
  proposeText(server: string, title: string, text: string): Promise<Proposal | Refused> {
    const line = title.replace(/\s+/gu, ' ').trim();
    return this.#propose(server, `${line}.txt`, () => Promise.resolve(Buffer.from(`${line}\n\n${text.trim()}\n`)));
  }

  async #propose(server: string, name: string, bytes: () => Promise<Uint8Array>): Promise<Proposal | Refused> {
    let content: string;
    try {
      content = await this.#reading.add(async () => storedFrom(name, await bytes()));
    } catch (error) {
      if (error instanceof UnreadableFile) return { why: 'unreadable', reason: error.reason };
      throw error;
    }
    const document = storedReport(OWN + name, content);
    const { documents } = (await this.#libraries.answererFor(server)).index;
    const own = documents.filter(isOwn);
    const text = wholeText(document);
    const known = documents.find((other) => wholeText(other) === text);
    if (document.passages.length === 0) return { why: 'empty' };
    if (known) return { why: 'known', title: known.title };
    const replaces = own.find(({ id }) => id === document.id);
    const refused = this.#room(
      own.filter((other) => other !== replaces),
      document,
    );
    if (refused) return refused;
    const id = await this.#records.proposeReport(server, { id: name, title: document.title, content });
    if (id === undefined) return { why: 'not kept' };
    const versionOf = replaces ? undefined : own.find((other) => areVersions(document, other));
    return { id, document, replaces, versionOf };
  }

  /**
   * Makes a report that was read one of its server's.
   *
   * @param replaces whether one of the server's own is that in whose place it comes; one of the same name always is replaced
   */
  async confirm(server: string, proposal: string, replaces?: (document: Document) => boolean): Promise<Document | Refused> {
    const proposed = await this.#records.proposedReport(server, proposal);
    if (!proposed) return { why: 'expired' };
    const document = documentOf(proposed);
    let refused: Refused | undefined;
    let replaced: Document | undefined;
    const kept = await this.#libraries.change(
      server,
      (own) => {
        replaced = replaces && own.find(replaces);
        const others = own.filter((other) => other.id !== document.id && other !== replaced);
        // Others may have been added since it was read.
        refused = this.#room(others, document);
        return refused ? own : [...others, document];
      },
      async () => refused === undefined && (await this.#records.confirmReport(server, proposal, replaced && nameOf(replaced))),
    );
    return refused ?? (kept ? document : { why: 'not kept' });
  }

  cancel(server: string, proposal: string): Promise<boolean> {
    return this.#records.dropProposal(server, proposal);
  }

  /** Removes one of a server's own reports; whether it could be. */
  remove(server: string, document: Document): Promise<boolean> {
    return this.#libraries.change(
      server,
      (own) => own.filter(({ id }) => id !== document.id),
      () => this.#records.removeReport(server, nameOf(document)),
    );
  }

  /** Removes everything that is kept of a server, which the bot is no longer in. */
  async forget(server: string): Promise<void> {
    await this.#records.forgetServer(server);
    await this.#libraries.forget(server);
  }

  #room(own: readonly Document[], document: Document): Refused | undefined {
    if (own.length >= this.most) return { why: 'reports', most: this.most };
    const passages = [...own, document].reduce((sum, { passages: { length } }) => sum + length, 0);
    return passages > MOST_PASSAGES ? { why: 'passages', most: MOST_PASSAGES } : undefined;
  }
}

/** The reports of a server's own, oldest first. @throws where they can't be had */
export async function reportsOf(server: string, records: Records): Promise<Document[]> {
  return (await records.serverReports(server)).map(documentOf);
}

/** Whether a report is one that a server added for itself. */
export function isOwn({ id }: Document): boolean {
  return id.startsWith(OWN);
}

function documentOf({ id, content }: Pick<ServerReport, 'id' | 'content'>): Document {
  return storedReport(OWN + id, content);
}

function nameOf({ id }: Document): string {
  return id.slice(OWN.length);
}
