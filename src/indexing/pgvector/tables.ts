/**
 * Tables of one index. Each index has tables of its own: they go with it at once, none of its rows can come up in a search of another, and neither
 * building nor removing one makes others wait.
 */
export interface Tables {
  /** What is kept of each text. */
  readonly texts: string;
  /** Vectors by label. */
  readonly vectors: string;
  /** The lexical index, in chunks. */
  readonly lexical: string;
}

/** @param id of the index, a whole number */
export function tablesOf(id: number): Tables {
  return { texts: `isnad.texts_${id}`, vectors: `isnad.vectors_${id}`, lexical: `isnad.lexical_${id}` };
}

/** Statements that make the tables of an index. Values are stored as they are: they hardly compress. */
export function createTables(id: number, dimensions: number): string {
  const { texts, vectors, lexical } = tablesOf(id);
  return `
    CREATE TABLE ${texts} (
      text integer PRIMARY KEY,
      key text NOT NULL,
      states bytea NOT NULL,
      states_crc integer NOT NULL,
      memories bytea NOT NULL,
      memories_crc integer NOT NULL
    );
    ALTER TABLE ${texts} ALTER states SET STORAGE EXTERNAL, ALTER memories SET STORAGE EXTERNAL;
    CREATE TABLE ${vectors} (label integer PRIMARY KEY, text integer NOT NULL, embedding vector(${dimensions}) NOT NULL);
    CREATE TABLE ${lexical} (chunk integer PRIMARY KEY, bytes bytea NOT NULL);
    ALTER TABLE ${lexical} ALTER bytes SET STORAGE EXTERNAL;
  `;
}

/** Statement that removes the tables of an index. */
export function dropTables(id: number): string {
  return `DROP TABLE IF EXISTS ${Object.values(tablesOf(id)).join(', ')}`;
}
