/** A newer program has been at the schema. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** What the two databases have different words for. */
export interface Dialect {
  /** A whole number of eight bytes. */
  readonly integer: string;
  /** Behind a table: types are obeyed. */
  readonly strict: string;
}

/** Each brings the schema one version on, in a transaction of its own; what has been released is never changed. */
const MIGRATIONS: readonly ((dialect: Dialect) => string)[] = [
  ({ integer, strict }) => `
  CREATE TABLE isnad.questions (
    id TEXT PRIMARY KEY,
    asked_at ${integer} NOT NULL,
    guild TEXT,
    "user" TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    question TEXT NOT NULL,
    searched TEXT NOT NULL
  )${strict};
  CREATE INDEX questions_by_guild ON isnad.questions (guild, asked_at);
  CREATE INDEX questions_by_user ON isnad.questions ("user");
  CREATE TABLE isnad.votes (
    question TEXT NOT NULL REFERENCES isnad.questions (id) ON DELETE CASCADE,
    "user" TEXT NOT NULL,
    good ${integer} NOT NULL,
    reason TEXT NOT NULL,
    voted_at ${integer} NOT NULL,
    PRIMARY KEY (question, "user")
  )${strict};
  CREATE INDEX votes_by_user ON isnad.votes ("user");
  CREATE TABLE isnad.server_settings (guild TEXT PRIMARY KEY, settings TEXT NOT NULL)${strict};
  CREATE TABLE isnad.user_settings ("user" TEXT PRIMARY KEY, language TEXT NOT NULL)${strict};
  `,
  // To Postgres an unquoted "user" is whoever is connected: a name that can be forgotten to be quoted is no name.
  ({ integer, strict }) => `
  ALTER TABLE isnad.questions RENAME COLUMN "user" TO person;
  ALTER TABLE isnad.votes RENAME COLUMN "user" TO person;
  ALTER TABLE isnad.user_settings RENAME COLUMN "user" TO person;
  ALTER TABLE isnad.questions ADD COLUMN report TEXT;
  CREATE TABLE isnad.server_reports (
    guild TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    added_at ${integer} NOT NULL,
    PRIMARY KEY (guild, id)
  )${strict};
  CREATE TABLE isnad.proposed_reports (
    guild TEXT NOT NULL,
    proposal TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    proposed_at ${integer} NOT NULL,
    PRIMARY KEY (guild, proposal)
  )${strict};
  `,
];

/** Tables that are carried over to another database, each after those it refers to: all but the proposals, which live for a day. */
export const LASTING_TABLES = ['questions', 'votes', 'server_settings', 'user_settings', 'server_reports'] as const;

/**
 * What a schema lacks, in order: the version that each step brings it to, and its SQL.
 *
 * @param version of the schema as it is; 0: nothing is there
 * @throws NewerSchema
 */
export function migrationsAfter(version: number, dialect: Dialect): readonly { readonly version: number; readonly sql: string }[] {
  if (version > MIGRATIONS.length) throw new NewerSchema(`written by a newer Isnad (schema ${version}, this one knows ${MIGRATIONS.length})`);
  return MIGRATIONS.slice(version).map((migration, i) => ({ version: version + i + 1, sql: migration(dialect) }));
}
