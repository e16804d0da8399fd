import { performance } from 'node:perf_hooks';
import type { Answer, SearchResult } from '../answer/answer.ts';
import type { Answerer } from '../answer/answerer.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { Records } from '../storage/records.ts';
import { detectLanguage, type Language } from '../text/language.ts';
import { Admission, type Fairness } from './admission.ts';
import type { About, Asked, Place, Services } from './command.ts';
import { Conversations } from './conversations.ts';

/** What the bot is made of; the program that starts it gives it. */
export interface Parts {
  /** What answers now: asked for anew each time, as a reload replaces it. */
  readonly answerer: () => Answerer;
  readonly about: () => About;
  readonly commands: Services['commands'];
  readonly records: Records;
  readonly fairness: Fairness;
  readonly drawCard: Services['drawCard'];
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

  get index() {
    return this.#parts.answerer().index;
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

  async answer(place: Place, question: string, previous?: string): Promise<Asked> {
    const begun = performance.now();
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    return this.#conversations.inOrder(`${place.channelId ?? 'dm'}:${place.userId}`, async (last) => {
      const answer = await this.#addressed(place, await this.#admission.inTurn(() => this.#parts.answerer().answer(question, previous ?? last)));
      this.metrics.answered(answer.status, performance.now() - begun, answer.stages);
      const valid = answer.status !== 'invalid';
      return { result: { answer, id: valid ? await this.#remember(place, answer, answer.status) : undefined }, searched: valid ? answer.searched : undefined };
    });
  }

  async again(place: Place, id: string): ReturnType<Services['again']> {
    const asked = await this.records.recall(id);
    if (!asked) return undefined;
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    return { asked, answer: await this.#admission.inTurn(() => this.#parts.answerer().answer(asked.searched)) };
  }

  async search(place: Place, text: string): Promise<SearchResult> {
    await this.#admission.admit(place.userId, place.guildId ?? undefined);
    return this.#addressed(place, await this.#admission.inTurn(() => this.#parts.answerer().search(text)));
  }

  drawCard(answer: Answer): ReturnType<Services['drawCard']> {
    return this.#admission.inTurn(() => this.#parts.drawCard(answer));
  }

  reload(): ReturnType<Services['reload']> {
    return this.#parts.reload();
  }

  async languageFor({ userId, guildId }: Place): Promise<Language> {
    const chosen = (await this.records.languageOf(userId)) ?? (guildId === null ? undefined : (await this.records.serverSettings(guildId)).language);
    return chosen ?? (detectLanguage(this.index.documents[0]?.title ?? '') === 'en' ? 'en' : 'ar');
  }

  /** What came of a text in the language to speak: that of the text, and where it tells none ("?!", "2024") that of the person. */
  async #addressed<T extends { readonly question: string; readonly language: Language | 'other' }>(place: Place, result: T): Promise<T> {
    return detectLanguage(result.question) === undefined ? { ...result, language: await this.languageFor(place) } : result;
  }

  #remember({ guildId, userId }: Place, { question, searched, language }: Answer, status: Exclude<Answer['status'], 'invalid'>): Promise<string> {
    return this.records.remember({ guild: guildId ?? undefined, user: userId, language, status, question, searched, report: undefined });
  }
}
