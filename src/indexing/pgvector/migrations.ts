import { describe, errorCode, UserError } from '../../errors.ts';
import type { Connections, Run } from './connections.ts';

/** Held by whoever changes what stands in the schema. */
const MIGRATION_LOCK = 0x69736e6164;

/** Each brings the tables one version on, all in one transaction; what has been released is never changed. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE SEQUENCE isnad.index_ids AS integer;
  CREATE TABLE isnad.indexes (
    id integer PRIMARY KEY,
    server text NOT NULL,
    fingerprint text NOT NULL,
    model text NOT NULL,
    built_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    replaced_at timestamptz,
    vectors integer NOT NULL,
    graph boolean NOT NULL,
    lexical_sha256 text NOT NULL
  );
  CREATE UNIQUE INDEX current_indexes ON isnad.indexes (server, fingerprint) WHERE replaced_at IS NULL;
  `,
];
/** pgvector has HNSW from this version on. */
const OLDEST_PGVECTOR = [0, 5] as const;
/** SQLSTATEs of an extension that the server does not have, by version of Postgres. */
const NO_EXTENSION = new Set(['0A000', '58P01']);
/** SQLSTATEs of an extension that this user can't add: no right, no schema for it. */
const NOT_ALLOWED = new Set(['42501', '3F000']);

/**
 * Brings the tables of the indexes up to date. Of several processes that start at once one does it.
 *
 * @throws UserError when the server has no pgvector, this user may not, or a newer Isnad was there
 */
export async function migrate(db: Connections): Promise<void> {
  if (await isMigrated(db)) return;
  await db.transaction(async (run) => {
    await run(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    // Looked for first: IF NOT EXISTS asks for the right to make it even where it is there.
    if ((await run(`SELECT FROM pg_namespace WHERE nspname = 'isnad'`)).length === 0) await run('CREATE SCHEMA isnad');
    await run('CREATE TABLE IF NOT EXISTS isnad.index_versions (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())');
    await haveExtension(run);
    for (let version = await versionOf(run); version < MIGRATIONS.length; version++) {
      await run(MIGRATIONS[version] ?? '');
      await run('INSERT INTO isnad.index_versions (version) VALUES ($1)', [version + 1]);
    }
  });
}

/** Whether the tables are those of this version. @throws UserError when they are those of a newer one */
export async function isMigrated(db: Connections): Promise<boolean> {
  return (await versionOf(db.ask)) === MIGRATIONS.length;
}

async function versionOf(run: Run): Promise<number> {
  const [table] = await run<{ there: boolean }>(`SELECT to_regclass('isnad.index_versions') IS NOT NULL AS there`);
  if (!table?.there) return 0;
  const [{ version } = { version: 0 }] = await run<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM isnad.index_versions');
  if (version > MIGRATIONS.length) {
    throw new UserError(
      `A newer Isnad has kept its indexes in the database (version ${version}, this one knows ${MIGRATIONS.length}). Update this one, or set DATABASE_URL to another database.`,
    );
  }
  return version;
}

async function haveExtension(run: Run): Promise<void> {
  // Not in the schema isnad, where it would come to lie for a user of that name: others may want it.
  await run('CREATE EXTENSION IF NOT EXISTS vector SCHEMA public').catch((error: unknown) => {
    const cause = error instanceof UserError ? error.cause : error;
    const state = errorCode(cause) ?? '';
    if (NO_EXTENSION.has(state)) {
      throw new UserError('The database server has no pgvector. Install it (https://github.com/pgvector/pgvector), or set VECTOR_STORE=hnswlib.', 1, { cause });
    }
    if (NOT_ALLOWED.has(state)) {
      throw new UserError(`The user of DATABASE_URL may not add pgvector (${describe(cause)}). Let an administrator run there: CREATE EXTENSION vector;`, 1, {
        cause,
      });
    }
    throw error;
  });
  const [extension] = await run<{ version: string; schema: string; seen: boolean }>(
    `SELECT extversion AS version, extnamespace::regnamespace::text AS schema, to_regtype('vector') IS NOT NULL AS seen FROM pg_extension WHERE extname = 'vector'`,
  );
  const { version = '', schema = '', seen = false } = extension ?? {};
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === OLDEST_PGVECTOR[0] && minor < OLDEST_PGVECTOR[1]) {
    const needed = OLDEST_PGVECTOR.join('.');
    throw new UserError(`pgvector ${version} of the database is too old. Install ${needed} or newer, then run there: ALTER EXTENSION vector UPDATE;`);
  }
  if (!seen) {
    throw new UserError(
      `pgvector is in the schema ${schema}, where this user does not look. Run: ALTER ROLE <user of DATABASE_URL> SET search_path = public, ${schema};`,
    );
  }
}
