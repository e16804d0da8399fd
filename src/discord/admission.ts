import { performance } from 'node:perf_hooks';
import PQueue from 'p-queue';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Questions answered at a time: the model takes one, and the next one's Arabic is read meanwhile. */
const AT_A_TIME = 2;
/** Share of each new duration in the running mean that waits are told from. */
const FORGETTING = 0.1;

/** How much is taken on. */
export interface Fairness {
  /** Questions a minute of one person, and of one server. */
  readonly perUser: number;
  readonly perServer: number;
  /** Questions that may wait at a time. */
  readonly waiting: number;
}

/** Too much was asked; whoever asked is told when to try again. */
export class Busy extends Error {
  /** `user`, `server`: asked more than their share; `all`: everybody together did. */
  readonly whose: 'user' | 'server' | 'all';
  /** Whole seconds, 1 or more. */
  readonly seconds: number;

  constructor(whose: Busy['whose'], milliseconds: number) {
    super(`busy (${whose})`);
    this.whose = whose;
    this.seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  }
}

/** Lets everybody ask their share: limits for each person and server, and one bounded queue for all. */
export class Admission {
  readonly #perUser: RateLimiterMemory;
  readonly #perServer: RateLimiterMemory;
  readonly #queue = new PQueue({ concurrency: AT_A_TIME });
  readonly #waiting: number;
  /** Milliseconds that a question takes, a running mean. */
  #duration = 100;

  constructor({ perUser, perServer, waiting }: Fairness) {
    this.#perUser = new RateLimiterMemory({ points: perUser, duration: 60 });
    this.#perServer = new RateLimiterMemory({ points: perServer, duration: 60 });
    this.#waiting = waiting;
  }

  /** Questions that wait for their turn. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** @throws Busy when more is asked than may be; then nothing was counted but the attempt */
  async admit(userId: string, guildId: string | undefined): Promise<void> {
    if (this.#queue.size >= this.#waiting) throw new Busy('all', (this.#queue.size / AT_A_TIME) * this.#duration);
    await consume(this.#perUser, userId, 'user');
    if (guildId !== undefined) await consume(this.#perServer, guildId, 'server');
  }

  /** Does the work when its turn comes. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.add(async () => {
      const begun = performance.now();
      try {
        return await work();
      } finally {
        this.#duration += FORGETTING * (performance.now() - begun - this.#duration);
      }
    });
  }
}

async function consume(limiter: RateLimiterMemory, key: string, whose: Busy['whose']): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) throw new Busy(whose, refusal.msBeforeNext);
    throw refusal;
  }
}
