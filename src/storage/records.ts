import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Database } from './database.ts';

/** Buttons under an answer work this long, in milliseconds: what was asked is kept as long for their sake. */
const BUTTONS_LIVE = 24 * 3_600_000;
/** A report that was proposed can be confirmed for this long, in milliseconds. */
const PROPOSALS_LIVE = 24 * 3_600_000;
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
  /** Key of the one report it was put to; `undefined`: to all. */
  readonly report: string | undefined;
}

/** What the admins of a server decided. */
export interface ServerSettings {
  /** Whether answers to slash commands are for the asker alone unless they say otherwise. */
  readonly private: boolean;
  /** Channels where the bot speaks for all to see; empty: everywhere. */
  readonly channels: readonly string[];
  /** Language of labels where no question tells one; `undefined`: the report's. */
  readonly language: 'ar' | 'en' | undefined;
  /** By channel, key of the report that questions there are about. */
  readonly channelReports: Readonly<Record<string, string>>;
}

export const DEFAULT_SETTINGS: ServerSettings = { private: false, channels: [], language: undefined, channelReports: {} };

/** A report that a server has for itself. */
export interface ServerReport {
  /** As that of a document: its file name. */
  readonly id: string;
  readonly title: string;
  /** What the corpus reads it from. */
  readonly content: string;
  /** Milliseconds since 1970; of a proposal, when it was proposed. */
  readonly addedAt: number;
}

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
const status = v.picklist(['answered', 'related', 'not_found']);
const questionRow = v.object({
  id: v.string(),
  asked_at: v.number(),
  guild: v.nullable(v.string()),
  person: v.string(),
  language: v.picklist(['ar', 'en', 'other']),
  status,
  question: v.string(),
  searched: v.string(),
  report: v.nullable(v.string()),
});
const settingsText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    private: v.boolean(),
    channels: v.array(v.string()),
    language: v.optional(language),
    channelReports: v.optional(v.record(v.string(), v.string()), {}),
  }),
);
const voteRow = v.object({ good: v.number(), reason: v.string(), voted_at: v.number() });
/** A question with one of the complaints about it. */
const openRow = v.object({ id: v.string(), question: v.string(), asked_at: v.number(), status, complaint: v.nullable(v.string()) });
const reportIds = v.array(v.object({ id: v.string() }));
const reportRow = v.object({ id: v.string(), title: v.string(), content: v.string(), added_at: v.number() });

/**
 * What lasts: questions (a day for their buttons; the unanswered and the badly answered ones as long as admins may want them), votes, settings, and
 * the reports that servers have for themselves. Where the database fails, nothing is found and nothing kept, and every caller goes on.
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
  }

  /** Keeps a question; its id is for the buttons under the answer. */
  async remember(asked: Omit<AskedQuestion, 'id' | 'askedAt'>): Promise<string> {
    const id = newId();
    await this.#database.run(
      'INSERT INTO isnad.questions (id, asked_at, guild, person, language, status, question, searched, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      this.#now(),
      asked.guild ?? null,
      asked.user,
      asked.language,
      asked.status,
      asked.question,
      asked.searched,
      asked.report ?? null,
    );
    return id;
  }

  /** The question behind a button; `undefined` when it has expired. */
  async recall(id: string): Promise<AskedQuestion | undefined> {
    const [row] = await this.#database.all('SELECT * FROM isnad.questions WHERE id = ? AND asked_at >= ?', id, this.#now() - BUTTONS_LIVE);
    const parsed = v.safeParse(questionRow, row);
    if (!parsed.success) return undefined;
    const { asked_at: askedAt, person: user, guild, report, ...rest } = parsed.output;
    return { ...rest, askedAt, user, guild: guild ?? undefined, report: report ?? undefined };
  }

  /** One vote a person and question; the last one counts. */
  async vote(question: string, user: string, good: boolean, reason: string): Promise<boolean> {
    return this.#database.run(
      `INSERT INTO isnad.votes (question, person, good, reason, voted_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (question, person) DO UPDATE SET good = excluded.good, reason = excluded.reason, voted_at = excluded.voted_at`,
      question,
      user,
      good ? 1 : 0,
      reason,
      this.#now(),
    );
  }

  /** Questions of a server that stayed unanswered or got a 👎, the newest first. */
  async openQuestions(guild: string): Promise<OpenQuestion[]> {
    const rows = await this.#database.all(
      `SELECT q.id, q.question, q.asked_at, q.status, v.reason AS complaint
       FROM isnad.questions q LEFT JOIN isnad.votes v ON v.question = q.id AND v.good = 0
       WHERE q.guild = ? AND (q.status <> 'answered' OR v.good = 0)
       ORDER BY q.asked_at DESC, q.id, v.voted_at`,
      guild,
    );
    const open = new Map<string, OpenQuestion>();
    for (const row of rows) {
      const { success, output } = v.safeParse(openRow, row);
      if (!success) continue;
      const { id, question, asked_at: askedAt, status, complaint } = output;
      const complaints = [...(open.get(id)?.complaints ?? []), ...(complaint === null ? [] : [complaint])];
      open.set(id, { question, askedAt, status, complaints });
    }
    return [...open.values()];
  }

  async serverSettings(guild: string): Promise<ServerSettings> {
    const [row] = await this.#database.all('SELECT settings FROM isnad.server_settings WHERE guild = ?', guild);
    const parsed = v.safeParse(settingsText, row?.['settings']);
    return parsed.success ? { ...parsed.output, language: parsed.output.language } : DEFAULT_SETTINGS;
  }

  async changeServerSettings(guild: string, settings: ServerSettings): Promise<boolean> {
    return this.#database.run(
      'INSERT INTO isnad.server_settings (guild, settings) VALUES (?, ?) ON CONFLICT (guild) DO UPDATE SET settings = excluded.settings',
      guild,
      JSON.stringify(settings),
    );
  }

  /** Language a person chose for the bot's own words. */
  async languageOf(user: string): Promise<'ar' | 'en' | undefined> {
    const [row] = await this.#database.all('SELECT language FROM isnad.user_settings WHERE person = ?', user);
    const parsed = v.safeParse(language, row?.['language']);
    return parsed.success ? parsed.output : undefined;
  }

  async chooseLanguage(user: string, chosen: 'ar' | 'en'): Promise<boolean> {
    return this.#database.run(
      'INSERT INTO isnad.user_settings (person, language) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET language = excluded.language',
      user,
      chosen,
    );
  }

  async keptOf(user: string): Promise<KeptOfUser> {
    const questions = await this.#database.all('SELECT question, asked_at FROM isnad.questions WHERE person = ? ORDER BY asked_at DESC', user);
    const votes = await this.#database.all('SELECT good, reason, voted_at FROM isnad.votes WHERE person = ? ORDER BY voted_at DESC', user);
    return {
      questions: questions.map((row) => ({ question: String(row['question']), askedAt: Number(row['asked_at']) })),
      votes: votes.flatMap((row) => {
        const { success, output } = v.safeParse(voteRow, row);
        return success ? [{ good: output.good === 1, reason: output.reason, votedAt: output.voted_at }] : [];
      }),
      language: await this.languageOf(user),
    };
  }

  /** Deletes everything kept of a person; whether it could be. */
  async forget(user: string): Promise<boolean> {
    const deleted = await this.#database.runAll([
      ['DELETE FROM isnad.votes WHERE person = ?', user],
      ['DELETE FROM isnad.questions WHERE person = ?', user],
      ['DELETE FROM isnad.user_settings WHERE person = ?', user],
    ]);
    return deleted !== undefined;
  }

  /** Keeps a report until it is confirmed, for a day; its id is for the button that does. `undefined` when it could not be kept. */
  async proposeReport(guild: string, { id, title, content }: Omit<ServerReport, 'addedAt'>): Promise<string | undefined> {
    const proposal = newId();
    const kept = await this.#database.run(
      'INSERT INTO isnad.proposed_reports (guild, proposal, id, title, content, proposed_at) VALUES (?, ?, ?, ?, ?, ?)',
      guild,
      proposal,
      id,
      title,
      content,
      this.#now(),
    );
    return kept ? proposal : undefined;
  }

  /** A report that was proposed on this server; `undefined` when there is none, or it has expired. */
  async proposedReport(guild: string, proposal: string): Promise<ServerReport | undefined> {
    const [row] = await this.#database.all(
      'SELECT id, title, content, proposed_at AS added_at FROM isnad.proposed_reports WHERE guild = ? AND proposal = ? AND proposed_at >= ?',
      guild,
      proposal,
      this.#now() - PROPOSALS_LIVE,
    );
    const parsed = v.safeParse(reportRow, row);
    return parsed.success ? reportOf(parsed.output) : undefined;
  }

  /**
   * Makes a proposed report one of the server's, in place of that with the same id; whether there was such a proposal and it could be.
   *
   * @param replaces id of another report of the server that goes
   */
  async confirmReport(guild: string, proposal: string, replaces?: string): Promise<boolean> {
    const proposed = 'FROM isnad.proposed_reports WHERE guild = ? AND proposal = ? AND proposed_at >= ?';
    const which = [guild, proposal, this.#now() - PROPOSALS_LIVE] as const;
    const changes = await this.#database.runAll([
      [
        `INSERT INTO isnad.server_reports (guild, id, title, content, added_at) SELECT guild, id, title, content, CAST(? AS BIGINT) ${proposed}
         ON CONFLICT (guild, id) DO UPDATE SET title = excluded.title, content = excluded.content, added_at = excluded.added_at`,
        this.#now(),
        ...which,
      ],
      // Of a proposal that is not there the id is NULL, which no other differs from: nothing goes.
      [`DELETE FROM isnad.server_reports WHERE guild = ? AND id = ? AND id <> (SELECT id ${proposed})`, guild, replaces ?? null, ...which],
      ['DELETE FROM isnad.proposed_reports WHERE guild = ? AND proposal = ?', guild, proposal],
    ]);
    return changes?.[0] === 1;
  }

  async dropProposal(guild: string, proposal: string): Promise<boolean> {
    return this.#database.run('DELETE FROM isnad.proposed_reports WHERE guild = ? AND proposal = ?', guild, proposal);
  }

  /**
   * Reports of a server, the oldest first.
   *
   * @throws when they can't be read, unlike all else here: an index without them would say that they do not answer
   */
  async serverReports(guild: string): Promise<ServerReport[]> {
    const ids = await this.#database.allOrThrow('SELECT id FROM isnad.server_reports WHERE guild = ? ORDER BY added_at, id', guild);
    const reports: ServerReport[] = [];
    // One at a time: a statement has a second, and many reports may take a network longer.
    for (const { id } of v.parse(reportIds, ids)) {
      const [row] = await this.#database.allOrThrow('SELECT id, title, content, added_at FROM isnad.server_reports WHERE guild = ? AND id = ?', guild, id);
      if (row) reports.push(reportOf(v.parse(reportRow, row)));
    }
    return reports;
  }

  /** Whether there was such a report. */
  async removeReport(guild: string, id: string): Promise<boolean> {
    const changes = await this.#database.runAll([['DELETE FROM isnad.server_reports WHERE guild = ? AND id = ?', guild, id]]);
    return changes?.[0] === 1;
  }

  /** Deletes reports, proposals and settings of a server; whether it could be. */
  async forgetServer(guild: string): Promise<boolean> {
    const deleted = await this.#database.runAll([
      ['DELETE FROM isnad.server_reports WHERE guild = ?', guild],
      ['DELETE FROM isnad.proposed_reports WHERE guild = ?', guild],
      ['DELETE FROM isnad.server_settings WHERE guild = ?', guild],
    ]);
    return deleted !== undefined;
  }

  /** Deletes what has been kept long enough. */
  async forgetOld(): Promise<void> {
    const now = this.#now();
    await this.#database.runAll([
      ['DELETE FROM isnad.questions WHERE asked_at < ?', now - this.retentionDays * DAY],
      [
        `DELETE FROM isnad.questions WHERE asked_at < ? AND status = 'answered'
         AND NOT EXISTS (SELECT 1 FROM isnad.votes v WHERE v.question = questions.id AND v.good = 0)`,
        now - BUTTONS_LIVE,
      ],
      ['DELETE FROM isnad.proposed_reports WHERE proposed_at < ?', now - PROPOSALS_LIVE],
    ]);
  }
}

/** 72 random bits: what a button carries can't be guessed. */
function newId(): string {
  return randomBytes(9).toString('base64url');
}

function reportOf({ added_at: addedAt, ...rest }: v.InferOutput<typeof reportRow>): ServerReport {
  return { ...rest, addedAt };
}
