import { performance } from 'node:perf_hooks';
import type { Answer } from '../answer/answer.ts';
import type { Answerer } from '../answer/answerer.ts';
import type { Libraries } from '../answer/libraries.ts';
import type { Document } from '../corpus/document.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { AskedQuestion, Records } from '../storage/records.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import { Admission, type Fairness } from './admission.ts';
import { type About, type Asked, type AskedReport, NoReport, type Place, type Services } from './command.ts';
import { Conversations } from './conversations.ts';
import { documentKey } from './render.ts';
import { ALL_REPORTS, documentFor } from './reports.ts';
import type { ServerReports } from './server-reports.ts';

/** What the bot is made of; the program that starts it gives it. */
export interface Parts {
  /** What answers in each place. */
  readonly libraries: Libraries;
  readonly reports: ServerReports;
  readonly about: () => About;
  readonly commands: Services['commands'];
  readonly records: Records;
  readonly fairness: Fairness;
  /** The first citation of an answer as a PNG picture; `undefined` where nothing is cited. */
  readonly drawCard: (answer: Answer, documents: readonly Document[]) => Promise<Uint8Array | undefined>;
  readonly reload: Services['reload'];
  readonly metrics: Metrics;
}

/** Answers for everybody on Discord: each conversation in order, each person their share, every question remembered for its buttons. */
export class Reception implements Services {
  readonly #parts: Parts;
  readonly #admission: Admission;
  readonly #conversations = new Conversations();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.fairness);
  }

  async indexFor(place: Place): Promise<ReportIndex> {
    return (await this.#answererFor(place)).index;
  }

  get reports(): ServerReports {
    return this.#parts.reports;
  }

  get about(): About {
    return this.#parts.about();
  }

  get metrics(): Metrics {
    return this.#parts.metrics;
  }

  /** Questions that wait for their turn. */
  get waiting(): number {
    return this.#admission.waiting;
  }

  get commands(): Services['commands'] {
    return this.#parts.commands;
  }

  get records(): Records {
    return this.#parts.records;
  }

  async reportAt(place: Place, index: ReportIndex): Promise<Document | undefined> {
    return (await this.#reportOf(place, index)) ?? index.documents[0];
  }

  async answer(place: Place, question: string, report?: AskedReport, previous?: string): Promise<Asked> {
    const begun = performance.now();
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    const answerer = await this.#answererFor(place);
    const within = await this.#within(place, answerer.index, report);
    return this.#conversations.inOrder(`${place.channelId ?? 'dm'}:${place.userId}`, async (last) => {
      const answer = await this.#addressed(place, await this.#admission.inTurn(() => answerer.answer(question, previous ?? last, within)));
      this.metrics.answered(answer.status, performance.now() - begun, answer.stages);
      const valid = answer.status !== 'invalid';
      return { result: { answer, id: valid ? await this.#remember(place, answer, answer.status) : undefined }, searched: valid ? answer.searched : undefined };
    });
  }

  async recall({ guildId }: Place, id: string | undefined): ReturnType<Services['recall']> {
    const asked = id === undefined ? undefined : await this.records.recall(id);
    return asked?.guild === (guildId ?? undefined) ? asked : undefined;
  }

  async again(place: Place, asked: AskedQuestion): Promise<Answer> {
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    const answerer = await this.#answererFor(place);
    const within = await this.#within(place, answerer.index, asked.report ?? ALL_REPORTS);
    return this.#admission.inTurn(() => answerer.answer(asked.searched, undefined, within));
  }

  async search(place: Place, text: string, report?: AskedReport): ReturnType<Services['search']> {
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    const answerer = await this.#answererFor(place);
    const within = await this.#within(place, answerer.index, report);
    const result = await this.#admission.inTurn(() => answerer.search(text, within));
    return { ...(await this.#addressed(place, result)), report: within && documentKey(within) };
  }

  async drawCard(place: Place, answer: Answer): ReturnType<Services['drawCard']> {
    const { documents } = await this.indexFor(place);
    return this.#admission.inTurn(() => this.#parts.drawCard(answer, documents));
  }

  reload(retry: boolean): ReturnType<Services['reload']> {
    return this.#parts.reload(retry);
  }

  async languageFor({ userId, guildId }: Place): Promise<Language> {
    const chosen = (await this.records.languageOf(userId)) ?? (guildId === null ? undefined : (await this.records.serverSettings(guildId)).language);
    return chosen ?? (detectLanguage(this.#parts.libraries.common.documents[0]?.title ?? '') === 'en' ? 'en' : 'ar');
  }

  #answererFor({ guildId }: Place): Promise<Answerer> {
    return this.#parts.libraries.answererFor(guildId ?? undefined);
  }

  /** The only report that is asked; `undefined`: all. @throws NoReport */
  async #within(place: Place, index: ReportIndex, asked: AskedReport): Promise<Document | undefined> {
    if (asked === ALL_REPORTS) return undefined;
    if (asked === undefined) return this.#reportOf(place, index);
    const document = documentFor(index, asked);
    if (!document) throw new NoReport();
    return document;
  }

  /** The report that a channel is about, and its threads, if its server chose one that is there. */
  async #reportOf({ guildId, channelId, threadOf }: Place, index: ReportIndex): Promise<Document | undefined> {
    if (guildId === null || index.documents.length < 2) return undefined;
    const { channelReports } = await this.records.serverSettings(guildId);
    const key = channelReports[channelId ?? ''] ?? channelReports[threadOf ?? ''];
    return key === undefined ? undefined : documentFor(index, key);
  }

  /** What came of a text in the language to speak: that of the text, and where it tells none ("?!", "2024") that of the person. */
  async #addressed<T extends { readonly question: string; readonly language: Language | 'other' }>(place: Place, result: T): Promise<T> {
    return detectLanguage(result.question) === undefined ? { ...result, language: await this.languageFor(place) } : result;
  }

  #remember({ guildId, userId }: Place, { question, searched, within, language }: Answer, status: Exclude<Answer['status'], 'invalid'>): Promise<string> {
    return this.records.remember({ guild: guildId ?? undefined, user: userId, language, status, question, searched, report: within && documentKey(within) });
  }
}
