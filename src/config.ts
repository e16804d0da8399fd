import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import dotenv from 'dotenv';
import * as v from 'valibot';
import { UserError } from './errors.ts';

/** Folder of the installed program: defaults are relative to it, paths that a user sets to the working directory. */
const HOME = findHome(dirname(fileURLToPath(import.meta.url)));
/** Reports with questions whose answers are known (models are fitted to their dev split and measured on it), and encyclopedia paragraphs. */
export const TRAINING_REPORTS = join(HOME, 'models', 'training', 'reports.jsonl');
export const TRAINING_PLAIN_QUESTIONS = join(HOME, 'models', 'training', 'plain-questions.jsonl');
export const TRAINING_PARAGRAPHS = join(HOME, 'models', 'training', 'arcd.train.jsonl');
/** Threads beyond this gain nothing for one question on a small model. */
const MOST_THREADS = 4;

const YES = ['true', '1', 'yes', 'on'];
const boolean = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist([...YES, 'false', '0', 'no', 'off'], 'expected true or false'),
  v.transform((word) => YES.includes(word)),
);
const snowflake = v.pipe(v.string(), v.regex(/^\d{17,20}$/u, 'expected a Discord id (17 to 20 digits)'));
const wholeNumber = (min: number, max: number) => {
  const message = `expected a whole number from ${min} to ${max}`;
  return v.pipe(v.string(), v.regex(/^\d+$/u, message), v.transform(Number), v.minValue(min, message), v.maxValue(max, message));
};
const httpUrl = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol), 'expected an http(s) address'),
);
const postgresUrl = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && /^postgres(?:ql)?:$/u.test(new URL(text).protocol), 'expected an address postgres://user:password@host/database'),
);

/** Every variable, as `.env.example` describes it. A variable set to nothing counts as not set. */
const schema = v.object({
  DISCORD_TOKEN: v.optional(v.pipe(v.string(), v.regex(/^\S+$/u, 'expected a bot token, without spaces'))),
  DISCORD_GUILD_ID: v.optional(snowflake),
  DISCORD_API_URL: v.optional(httpUrl),
  SEEDS_DIR: v.optional(v.string()),
  INDEX_DIR: v.optional(v.string()),
  VECTOR_STORE: v.optional(v.picklist(['hnswlib', 'pgvector'], 'expected hnswlib or pgvector'), 'hnswlib'),
  MODEL_CACHE_DIR: v.optional(v.string()),
  EMBEDDING_MODEL: v.optional(v.string()),
  EMBEDDING_ALLOW_DOWNLOAD: v.optional(boolean, 'false'),
  EMBEDDING_THREADS: v.optional(wholeNumber(1, 64)),
  HF_ENDPOINT: v.optional(httpUrl, 'https://huggingface.co'),
  DISCORD_ARABIC_COMMANDS: v.optional(boolean, 'false'),
  DISCORD_SHARDS: v.optional(v.union([v.literal('auto'), wholeNumber(1, 1000)], 'expected a whole number from 1 to 1000, or auto'), '1'),
  DATA_DIR: v.optional(v.string()),
  DATABASE_URL: v.optional(postgresUrl),
  RETENTION_DAYS: v.optional(wholeNumber(1, 3650), '90'),
  QUESTIONS_PER_USER: v.optional(wholeNumber(1, 1000), '12'),
  QUESTIONS_PER_SERVER: v.optional(wholeNumber(1, 10_000), '120'),
  QUESTIONS_WAITING: v.optional(wholeNumber(1, 10_000), '100'),
  SERVER_REPORTS: v.optional(wholeNumber(0, 1000), '20'),
  MONITOR_HOST: v.optional(v.string(), '127.0.0.1'),
  MONITOR_PORT: v.optional(wholeNumber(0, 65_535), '9464'),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent'], 'expected debug, info, warn, error or silent'), 'info'),
});

/** Their values are repeated nowhere. */
const SECRETS = ['DISCORD_TOKEN', 'DATABASE_URL'];

/** Names of the variables. */
export const VARIABLES: readonly string[] = Object.keys(schema.entries);

export interface Config {
  readonly discord: {
    readonly token: string | undefined;
    /** Commands are registered to this server only, at once; `undefined`: everywhere. */
    readonly guildId: string | undefined;
    /** REST base of a Discord-compatible server; `undefined`: Discord. */
    readonly apiUrl: string | undefined;
    /** Whether every command is also registered under its Arabic name. */
    readonly arabicCommands: boolean;
    /** Processes that the bot runs as; `auto`: as many as Discord recommends. */
    readonly shards: number | 'auto';
    /** Which of them this one is, from 0; `undefined`: none, or the one that starts them. */
    readonly shard: number | undefined;
  };
  /** Where feedback and settings are kept (a Postgres server, else a folder), and for how many days the questions among them. */
  readonly data: { readonly folder: string; readonly url: string | undefined; readonly retentionDays: number };
  /** Questions a minute of one person and of one server, and questions that may wait at a time. */
  readonly fairness: { readonly perUser: number; readonly perServer: number; readonly waiting: number };
  /** Reports that a server may add for itself; 0: none. */
  readonly serverReports: number;
  /** Where health and metrics are served; `undefined`: nowhere. */
  readonly monitor: { readonly host: string; readonly port: number } | undefined;
  readonly seedsFolder: string;
  readonly indexFolder: string;
  /** Where indexes are kept: in the folder, or in the database, whose address is there then. */
  readonly vectorStore: 'hnswlib' | 'pgvector';
  readonly embedding: {
    /** Absolute path of a model folder, or a hub id. */
    readonly model: string;
    /** `undefined`: nothing may be downloaded. */
    readonly hub: string | undefined;
    /** Where downloaded models are kept. */
    readonly cacheFolder: string;
    /** Threads of one forward pass. */
    readonly threads: number;
  };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/**
 * The configuration: the environment over `.env` of the working directory over the defaults. The one reader of `process.env`.
 *
 * Secrets (the token, the database's address with its password) are taken out of the environment: load it once.
 *
 * @throws UserError (exit code 2) that names the variable, what was expected and what came; a secret's value is never repeated
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const file: Record<string, string> = {};
  dotenv.config({ quiet: true, processEnv: file });
  const given = Object.fromEntries(Object.entries({ ...file, ...environment }).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const result = v.safeParse(schema, given);
  if (!result.success) throw new UserError(explain(result.issues[0], given), 2);
  const env = result.output;
  // Set by discord.js for the processes that it starts.
  const shard = environment['SHARDING_MANAGER'] === undefined ? undefined : Number(environment['SHARDS']);
  if (env.VECTOR_STORE === 'pgvector' && env.DATABASE_URL === undefined) {
    throw new UserError('VECTOR_STORE: pgvector needs DATABASE_URL, the address of a Postgres server with pgvector. See .env.example.', 2);
  }
  // Diagnostic reports of a crash print the environment, and threads and child processes inherit it.
  for (const name of SECRETS) delete environment[name];
  return {
    discord: {
      token: env.DISCORD_TOKEN,
      guildId: env.DISCORD_GUILD_ID,
      apiUrl: env.DISCORD_API_URL?.replace(/\/+$/u, ''),
      arabicCommands: env.DISCORD_ARABIC_COMMANDS,
      shards: env.DISCORD_SHARDS,
      shard,
    },
    data: { folder: folder(env.DATA_DIR, 'data'), url: env.DATABASE_URL, retentionDays: env.RETENTION_DAYS },
    fairness: { perUser: env.QUESTIONS_PER_USER, perServer: env.QUESTIONS_PER_SERVER, waiting: env.QUESTIONS_WAITING },
    serverReports: env.SERVER_REPORTS,
    monitor: env.MONITOR_PORT === 0 ? undefined : { host: env.MONITOR_HOST, port: env.MONITOR_PORT },
    seedsFolder: folder(env.SEEDS_DIR, 'seeds'),
    indexFolder: folder(env.INDEX_DIR, 'index'),
    vectorStore: env.VECTOR_STORE,
    embedding: {
      model: model(env.EMBEDDING_MODEL),
      hub: env.EMBEDDING_ALLOW_DOWNLOAD ? env.HF_ENDPOINT : undefined,
      cacheFolder: folder(env.MODEL_CACHE_DIR, 'data/models'),
      threads: env.EMBEDDING_THREADS ?? Math.min(MOST_THREADS, availableParallelism()),
    },
    logLevel: env.LOG_LEVEL,
  };
}

/** Lets processes that are started meanwhile find the secrets where {@link loadConfig} found them. */
export async function lendingSecrets<T>({ data }: Config, start: () => Promise<T>): Promise<T> {
  // discord.js hands the token on by itself, and leaves it there.
  if (data.url !== undefined) process.env['DATABASE_URL'] = data.url;
  try {
    return await start();
  } finally {
    for (const name of ['DISCORD_TOKEN', 'DATABASE_URL']) delete process.env[name];
  }
}

/** Version of the program. */
export const VERSION = (JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as { version: string }).version;

function folder(given: string | undefined, name: string): string {
  return given === undefined ? join(HOME, name) : resolve(given);
}

/** A path, if it looks like one or is there; else a hub id. */
function model(given: string | undefined): string {
  if (given === undefined) return join(HOME, 'models', 'multilingual-e5-small-ar-en');
  const path = resolve(given);
  return isAbsolute(given) || given.startsWith('.') || existsSync(path) || !/^[\w.-]+\/[\w.-]+$/u.test(given) ? path : given;
}

function explain(issue: v.InferIssue<typeof schema>, given: Record<string, string | undefined>): string {
  const name = v.getDotPath(issue) ?? 'configuration';
  const value = SECRETS.includes(name) ? '' : `, got "${given[name] ?? ''}"`;
  return `${name}: ${issue.message}${value}. See .env.example.`;
}

function findHome(from: string): string {
  return existsSync(join(from, 'package.json')) || dirname(from) === from ? from : findHome(dirname(from));
}
