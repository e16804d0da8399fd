/** What a `?` of a statement stands for. */
export type Value = string | number | null;

/**
 * A statement in the SQL that SQLite and Postgres have in common, with what its `?` stand for. Tables are named with their schema (`isnad.questions`),
 * `?` and `isnad.` are used for nothing else.
 */
export type Statement = readonly [sql: string, ...values: Value[]];

/** What a statement gives, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What an earlier database keeps, for one that begins anew. */
export interface Earlier {
  /** Statements that put its rows into an empty one. @throws UserError when it can't be read */
  statements(): Iterable<Statement>;
  /** Told once they have been run: it is not used any more. */
  carriedOver(rows: number): void;
}

/** SQLite or Postgres, its schema brought up to date when it is opened. Everything rejects where the database can't be had. */
export interface Engine {
  /** What a statement that changes nothing gives. */
  rows(statement: Statement): Promise<readonly Row[]>;
  /** Runs all of them, in one transaction, or none; how many rows each changed. */
  change(statements: readonly Statement[]): Promise<readonly number[]>;
  close(): Promise<void>;
}
