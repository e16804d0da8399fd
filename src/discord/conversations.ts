import PQueue from 'p-queue';
import type { Answer } from '../answer/answer.ts';
import type { Answerer } from '../answer/answerer.ts';
import { CONVERSATION_LIFE } from './limits.ts';

interface Conversation {
  /** One question at a time, in the order they came. */
  readonly queue: PQueue;
  /** The last question as it was searched for, and when (milliseconds). */
  previous: { readonly question: string; readonly at: number } | undefined;
}

/** Conversations of users in channels: each answers in order and remembers its last question for half an hour. */
export class Conversations {
  readonly #answerer: Answerer;
  readonly #conversations = new Map<string, Conversation>();

  constructor(answerer: Answerer) {
    this.#answerer = answerer;
  }

  async answer(key: string, question: string): Promise<Answer> {
    this.#forgetOld();
    const conversation = this.#conversations.get(key) ?? { queue: new PQueue({ concurrency: 1 }), previous: undefined };
    this.#conversations.set(key, conversation);
    return conversation.queue.add(async () => {
      const answer = await this.#answerer.answer(question, conversation.previous?.question);
      if (answer.status !== 'invalid') conversation.previous = { question: answer.searched, at: Date.now() };
      return answer;
    });
  }

  #forgetOld(): void {
    const oldest = Date.now() - CONVERSATION_LIFE;
    for (const [key, { queue, previous }] of this.#conversations) {
      if (queue.pending === 0 && queue.size === 0 && (previous === undefined || previous.at < oldest)) this.#conversations.delete(key);
    }
  }
}
