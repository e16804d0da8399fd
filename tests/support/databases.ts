import { randomBytes } from 'node:crypto';
import { openPool } from '../../src/postgres.ts';
import { Database } from '../../src/storage/database.ts';
import { openPostgres } from '../../src/storage/postgres.ts';
import { temporaryFolder } from './app.ts';
import { startBehindGate } from './gate.ts';

/** Address of a server to be tested on besides the Postgres in this process, which has but one session: `DATABASE_URL=… npm test`. */
export const GIVEN_SERVER = process.env['DATABASE_URL'];

/** Opens one and the same database, empty at first. */
export type Opener = (onTrouble: (line: string) => void) => Promise<Database>;

/** Something that has a database for each test. */
export interface Home {
  fresh(): Opener;
  stop(): Promise<void>;
}

/** Where records can lie: what they promise is tested in each. */
export const HOMES: readonly { readonly name: string; readonly lasts: boolean; readonly start: () => Promise<Home> }[] = [
  { name: 'in memory', lasts: false, start: async () => filesIn(() => undefined) },
  { name: 'in a SQLite file', lasts: true, start: async () => filesIn(temporaryFolder) },
  {
    name: 'on Postgres',
    lasts: true,
    async start() {
      const { gate, stop } = await startBehindGate();
      // Statements have time on a busy machine; the patience of the program is tested apart.
      return { ...schemasOn(`${gate.url}?query_timeout=30000`), stop };
    },
  },
  ...(GIVEN_SERVER === undefined ? [] : [{ name: 'on the server given', lasts: true, start: async () => schemasOn(GIVEN_SERVER) }]),
];

/** Each database a schema of its own on a server. */
export function schemasOn(url: string): Home {
  const schemas: string[] = [];
  return {
    fresh() {
      const schema = `isnad_test_${randomBytes(6).toString('hex')}`;
      schemas.push(schema);
      return async (onTrouble) => new Database(await openPostgres(url, onTrouble, { schema }), onTrouble);
    },
    async stop() {
      const pool = openPool(url, () => undefined);
      for (const schema of schemas) await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await pool.end();
    },
  };
}

function filesIn(folder: () => string | undefined): Home {
  return {
    fresh() {
      const place = { folder: folder(), url: undefined };
      return (onTrouble) => Database.open(place, onTrouble);
    },
    stop: async () => undefined,
  };
}
