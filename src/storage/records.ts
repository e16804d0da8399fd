import { randomBytes } from 'node:crypto';
import { z } from 'zod';
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

const language = z.enum(['ar', 'en']);
const questionRow = z.object({
  id: z.string(),
  asked_at: z.number(),
  guild: z.string().nullable(),
  user: z.string(),
  language: z.enum(['ar', 'en', 'other']),
  status: z.enum(['answered', 'related', 'not_found']),
  question: z.string(),
  searched: z.string(),
});
/** A column of JSON. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});
const settingsText = json.pipe(z.object({ private: z.boolean(), channels: z.array(z.string()), language: language.optional() }));
const voteRow = z.object({ good: z.number(), reason: z.string(), voted_at: z.number() });
const openRow = questionRow.extend({ complaints: json.pipe(z.array(z.string())) });

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
    this.forgetOld();
  }

  /** Keeps a question; its id is for the buttons under the answer. */
  remember(asked: Omit<AskedQuestion, 'id' | 'askedAt'>): string {
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
  recall(id: string): AskedQuestion | undefined {
    const [row] = this.#database.all('SELECT * FROM questions WHERE id = ? AND asked_at >= ?', id, this.#now() - BUTTONS_LIVE);
    const parsed = questionRow.safeParse(row);
    if (!parsed.success) return undefined;
    const { asked_at: askedAt, guild, ...rest } = parsed.data;
    return { ...rest, askedAt, guild: guild ?? undefined };
  }

  /** One vote a person and question; the last one counts. */
  vote(question: string, user: string, good: boolean, reason: string): boolean {
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
  openQuestions(guild: string): OpenQuestion[] {
    const rows = this.#database.all(
      `SELECT q.*, json_group_array(v.reason) FILTER (WHERE v.good = 0) AS complaints
       FROM questions q LEFT JOIN votes v ON v.question = q.id
       WHERE q.guild = ? GROUP BY q.id
       HAVING q.status <> 'answered' OR max(v.good = 0) = 1
       ORDER BY q.asked_at DESC`,
      guild,
    );
    return rows.flatMap((row) => {
      const { data } = openRow.safeParse(row);
      return data ? [{ question: data.question, askedAt: data.asked_at, status: data.status, complaints: data.complaints }] : [];
    });
  }

  serverSettings(guild: string): ServerSettings {
    const [row] = this.#database.all('SELECT settings FROM server_settings WHERE guild = ?', guild);
    const parsed = settingsText.safeParse(row?.['settings']);
    return parsed.success ? { ...parsed.data, language: parsed.data.language } : DEFAULT_SETTINGS;
  }

  changeServerSettings(guild: string, settings: ServerSettings): boolean {
    return this.#database.run(
      'INSERT INTO server_settings (guild, settings) VALUES (?, ?) ON CONFLICT (guild) DO UPDATE SET settings = excluded.settings',
      guild,
      JSON.stringify(settings),
    );
  }

  /** Language a person chose for the bot's own words. */
  languageOf(user: string): 'ar' | 'en' | undefined {
    const [row] = this.#database.all('SELECT language FROM user_settings WHERE user = ?', user);
    return language.safeParse(row?.['language']).data;
  }

  chooseLanguage(user: string, chosen: 'ar' | 'en'): boolean {
    return this.#database.run(
      'INSERT INTO user_settings (user, language) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET language = excluded.language',
      user,
      chosen,
    );
  }

  keptOf(user: string): KeptOfUser {
    const questions = this.#database.all('SELECT question, asked_at FROM questions WHERE user = ? ORDER BY asked_at DESC', user);
    const votes = this.#database.all('SELECT good, reason, voted_at FROM votes WHERE user = ? ORDER BY voted_at DESC', user);
    return {
      questions: questions.map((row) => ({ question: String(row['question']), askedAt: Number(row['asked_at']) })),
      votes: votes.flatMap((row) => {
        const { data } = voteRow.safeParse(row);
        return data ? [{ good: data.good === 1, reason: data.reason, votedAt: data.voted_at }] : [];
      }),
      language: this.languageOf(user),
    };
  }

  /** Deletes everything kept of a person; whether all of it could be. */
  forget(user: string): boolean {
    const statements = ['DELETE FROM votes WHERE user = ?', 'DELETE FROM questions WHERE user = ?', 'DELETE FROM user_settings WHERE user = ?'];
    return statements.map((sql) => this.#database.run(sql, user)).every(Boolean);
  }

  /** Deletes what has been kept long enough. */
  forgetOld(): void {
    this.#database.run('DELETE FROM questions WHERE asked_at < ?', this.#now() - this.retentionDays * DAY);
    this.#database.run(
      `DELETE FROM questions WHERE asked_at < ? AND status = 'answered'
       AND NOT EXISTS (SELECT 1 FROM votes v WHERE v.question = questions.id AND v.good = 0)`,
      this.#now() - BUTTONS_LIVE,
    );
  }
}
