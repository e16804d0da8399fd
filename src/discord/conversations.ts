import PQueue from 'p-queue';
import { CONVERSATION_LIFE } from './limits.ts';

interface Conversation {
  /** One question at a time, in the order they came. */
  readonly queue: PQueue;
  /** The last question as it was searched for, and when (milliseconds). */
  previous: { readonly question: string; readonly at: number } | undefined;
}

/** Conversations of people in channels: each takes one question at a time, in order, and remembers the last one for half an hour. */
export class Conversations {
  readonly #conversations = new Map<string, Conversation>();

  /**
   * @param key of the conversation
   * @param work is given the last question as it was searched for, and gives back this one, which it remembers; `undefined`: nothing to remember
   */
  async inOrder<T>(key: string, work: (previous: string | undefined) => Promise<{ readonly result: T; readonly searched: string | undefined }>): Promise<T> {
    this.#forgetOld();
    const conversation = this.#conversations.get(key) ?? { queue: new PQueue({ concurrency: 1 }), previous: undefined };
    this.#conversations.set(key, conversation);
    return conversation.queue.add(async () => {
      const { result, searched } = await work(conversation.previous?.question);
      if (searched !== undefined) conversation.previous = { question: searched, at: Date.now() };
      return result;
    });
  }

  #forgetOld(): void {
    const oldest = Date.now() - CONVERSATION_LIFE;
    for (const [key, { queue, previous }] of this.#conversations) {
      if (queue.pending === 0 && queue.size === 0 && (previous === undefined || previous.at < oldest)) this.#conversations.delete(key);
    }
  }
}
