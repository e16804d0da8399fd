import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Database } from './database.ts';

/** Buttons under an answer work this long, in milliseconds: what was asked is kept as long for their sake. */
const BUTTONS_LIVE = 24 * 3_600_000;
const DAY = 24 * 3_600_000;

/** A question that was answered, as buttons, feedback and admins need it. */
export interface AskedQuestion {
  /** What a button's custom_id carries. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** Server it was asked on; `undefined` elsewhere. */
  readonly guild: string | undefined;
  readonly user: string;
  readonly language: 'ar' | 'en' | 'other';
  readonly status: 'answered' | 'related' | 'not_found';
  readonly question: string;
  /** As it was searched for: in the light of the question before it. */
  readonly searched: string;
}

/** What the admins of a server decided. */
export interface ServerSettings {
  /** Whether answers to slash commands are for the asker alone unless they say otherwise. */
  readonly private: boolean;
  /** Channels where the bot speaks for all to see; empty: everywhere. */
  readonly channels: readonly string[];
  /** Language of labels where no question tells one; `undefined`: the report's. */
  readonly language: 'ar' | 'en' | undefined;
}

export const DEFAULT_SETTINGS: ServerSettings = { private: false, channels: [], language: undefined };

/** A question that stayed open or was marked as badly answered. */
export interface OpenQuestion {
  readonly question: string;
  readonly askedAt: number;
  readonly status: AskedQuestion['status'];
  /** Reasons given with a 👎; an empty one where none was given. */
  readonly complaints: readonly string[];
}

/** Everything kept of one person. */
export interface KeptOfUser {
  readonly questions: readonly { readonly question: string; readonly askedAt: number }[];
  readonly votes: readonly { readonly good: boolean; readonly reason: string; readonly votedAt: number }[];
  readonly language: 'ar' | 'en' | undefined;
}

const language = v.picklist(['ar', 'en']);
const questionRow = v.object({
  id: v.string(),
  asked_at: v.number(),
  guild: v.nullable(v.string()),
  user: v.string(),
  language: v.picklist(['ar', 'en', 'other']),
  status: v.picklist(['answered', 'related', 'not_found']),
  question: v.string(),
  searched: v.string(),
});
const settingsText = v.pipe(v.string(), v.parseJson(), v.object({ private: v.boolean(), channels: v.array(v.string()), language: v.optional(language) }));
const voteRow = v.object({ good: v.number(), reason: v.string(), voted_at: v.number() });
const openRow = v.object({ ...questionRow.entries, complaints: v.pipe(v.string(), v.parseJson(), v.array(v.string())) });

/**
 * What lasts: questions (a day for their buttons; the unanswered and the badly answered ones as long as admins may want them), votes, settings.
 * Where the database fails, nothing is found and nothing kept, and every caller goes on.
 */
export class Records {
  readonly #database: Database;
  readonly retentionDays: number;
  readonly #now: () => number;

  /**
   * @param retentionDays how long feedback and unanswered questions are kept
   * @param now the clock, in milliseconds
   */
  constructor(database: Database, retentionDays: number, now: () => number = Date.now) {
    this.#database = database;
    this.retentionDays = retentionDays;
    this.#now = now;
    void this.forgetOld();
  }

  /** Keeps a question; its id is for the buttons under the answer. */
  async remember(asked: Omit<AskedQuestion, 'id' | 'askedAt'>): Promise<string> {
    const id = randomBytes(9).toString('base64url');
    this.#database.run(
      'INSERT INTO questions (id, asked_at, guild, user, language, status, question, searched) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      this.#now(),
      asked.guild ?? null,
      asked.user,
      asked.language,
      asked.status,
      asked.question,
      asked.searched,
    );
    return id;
  }

  /** The question behind a button; `undefined` when it has expired. */
  async recall(id: string): Promise<AskedQuestion | undefined> {
    const [row] = this.#database.all('SELECT * FROM questions WHERE id = ? AND asked_at >= ?', id, this.#now() - BUTTONS_LIVE);
    const parsed = v.safeParse(questionRow, row);
    if (!parsed.success) return undefined;
    const { asked_at: askedAt, guild, ...rest } = parsed.output;
    return { ...rest, askedAt, guild: guild ?? undefined };
  }

  /** One vote a person and question; the last one counts. */
  async vote(question: string, user: string, good: boolean, reason: string): Promise<boolean> {
    return this.#database.run(
      `INSERT INTO votes (question, user, good, reason, voted_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (question, user) DO UPDATE SET good = excluded.good, reason = excluded.reason, voted_at = excluded.voted_at`,
      question,
      user,
      good ? 1 : 0,
      reason,
      this.#now(),
    );
  }

  /** Questions of a server that stayed unanswered or got a 👎, the newest first. */
  async openQuestions(guild: string): Promise<OpenQuestion[]> {
    const rows = this.#database.all(
      `SELECT q.*, json_group_array(v.reason) FILTER (WHERE v.good = 0) AS complaints
       FROM questions q LEFT JOIN votes v ON v.question = q.id
       WHERE q.guild = ? GROUP BY q.id
       HAVING q.status <> 'answered' OR max(v.good = 0) = 1
       ORDER BY q.asked_at DESC`,
      guild,
    );
    return rows.flatMap((row) => {
      const { success, output } = v.safeParse(openRow, row);
      return success ? [{ question: output.question, askedAt: output.asked_at, status: output.status, complaints: output.complaints }] : [];
    });
  }

  async serverSettings(guild: string): Promise<ServerSettings> {
    const [row] = this.#database.all('SELECT settings FROM server_settings WHERE guild = ?', guild);
    const parsed = v.safeParse(settingsText, row?.['settings']);
    return parsed.success ? { ...parsed.output, language: parsed.output.language } : DEFAULT_SETTINGS;
  }

  async changeServerSettings(guild: string, settings: ServerSettings): Promise<boolean> {
    return this.#database.run(
      'INSERT INTO server_settings (guild, settings) VALUES (?, ?) ON CONFLICT (guild) DO UPDATE SET settings = excluded.settings',
      guild,
      JSON.stringify(settings),
    );
  }

  /** Language a person chose for the bot's own words. */
  async languageOf(user: string): Promise<'ar' | 'en' | undefined> {
    const [row] = this.#database.all('SELECT language FROM user_settings WHERE user = ?', user);
    const parsed = v.safeParse(language, row?.['language']);
    return parsed.success ? parsed.output : undefined;
  }

  async chooseLanguage(user: string, chosen: 'ar' | 'en'): Promise<boolean> {
    return this.#database.run(
      'INSERT INTO user_settings (user, language) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET language = excluded.language',
      user,
      chosen,
    );
  }

  async keptOf(user: string): Promise<KeptOfUser> {
    const questions = this.#database.all('SELECT question, asked_at FROM questions WHERE user = ? ORDER BY asked_at DESC', user);
    const votes = this.#database.all('SELECT good, reason, voted_at FROM votes WHERE user = ? ORDER BY voted_at DESC', user);
    return {
      questions: questions.map((row) => ({ question: String(row['question']), askedAt: Number(row['asked_at']) })),
      votes: votes.flatMap((row) => {
        const { success, output } = v.safeParse(voteRow, row);
        return success ? [{ good: output.good === 1, reason: output.reason, votedAt: output.voted_at }] : [];
      }),
      language: await this.languageOf(user),
    };
  }

  /** Deletes everything kept of a person; whether all of it could be. */
  async forget(user: string): Promise<boolean> {
    const statements = ['DELETE FROM votes WHERE user = ?', 'DELETE FROM questions WHERE user = ?', 'DELETE FROM user_settings WHERE user = ?'];
    return statements.map((sql) => this.#database.run(sql, user)).every(Boolean);
  }

  /** Deletes what has been kept long enough. */
  async forgetOld(): Promise<void> {
    this.#database.run('DELETE FROM questions WHERE asked_at < ?', this.#now() - this.retentionDays * DAY);
    this.#database.run(
      `DELETE FROM questions WHERE asked_at < ? AND status = 'answered'
       AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.question = questions.id AND v.good = 0)`,
      this.#now() - BUTTONS_LIVE,
    );
  }
}
