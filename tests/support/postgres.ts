import { randomBytes } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';

/** A Postgres database for tests. */
export interface TestPostgres {
  readonly url: string;
  /** Runs statements beside the program; rows of the last one. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Breaks all connections and takes no more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** Postgres within this process, on a free port of loopback. @param pgvector whether it has the extension */
export async function startPglite(pgvector = true): Promise<TestPostgres> {
  const db = await PGlite.create(pgvector ? { extensions: { vector } } : {});
  const listen = async (port: number) => {
    // All connections share one session: only one is to be used at a time.
    const server = new PGLiteSocketServer({ db, port, maxConnections: 50 });
    await server.start();
    return server;
  };
  let server = await listen(0);
  const address = server.getServerConn();
  return {
    url: `postgres://postgres:secret@${address}/postgres`,
    query: async (sql) => (await db.exec(sql)).at(-1)?.rows ?? [],
    goAway: () => server.stop(),
    comeBack: async () => {
      server = await listen(Number(address.split(':').at(-1)));
    },
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}

/** A database of its own on a server, where its user may make one. @param server address of any database there */
export async function createDatabase(server: string): Promise<TestPostgres> {
  const name = `isnad_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const on = async (address: string, sql: string) => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      const results: unknown = await client.query(sql);
      return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult<Record<string, unknown>>).rows;
    } finally {
      await client.end();
    }
  };
  await on(server, `CREATE DATABASE ${name}`);
  return {
    url: url.href,
    query: (sql) => on(url.href, sql),
    goAway: async () => {
      await on(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await on(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    },
    comeBack: async () => {
      await on(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    },
    stop: async () => {
      await on(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
