import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, VARIABLES } from '../src/config.ts';

describe('configuration', () => {
  test('.env.example names every variable, commented out, and no other', () => {
    const named = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z_]+)=/gmu)].map(([, name]) => name);
    expect(named.sort()).toEqual([...VARIABLES].sort());
  });

  test('the defaults are those of the repository, and empty variables count as not set', () => {
    const config = loadConfig({ SEEDS_DIR: ' ', DISCORD_TOKEN: '' });
    expect(config).toMatchObject({
      discord: { token: undefined, guildId: undefined, apiUrl: undefined },
      seedsFolder: resolve('seeds'),
      indexFolder: resolve('index'),
      embedding: { model: resolve('models/multilingual-e5-small-ar-en'), hub: undefined },
      logLevel: 'info',
    });
  });

  test('secrets leave the environment, which reports of a crash would print', () => {
    const url = 'postgres://isnad:secret@localhost:5432/isnad';
    const environment = { DISCORD_TOKEN: 'secret', DATABASE_URL: url, LOG_LEVEL: 'warn' };
    expect(loadConfig(environment)).toMatchObject({ discord: { token: 'secret' }, data: { url } });
    expect(environment).toEqual({ LOG_LEVEL: 'warn' });
  });

  test.each(['mysql://isnad:secret@localhost/isnad', 'isnad:secret@localhost', 'postgres://isnad:secret@local host'])(
    'the address of a database is a Postgres one, and a wrong one is not repeated: %s',
    (DATABASE_URL) => {
      expect(() => loadConfig({ DATABASE_URL })).toThrow(
        /^DATABASE_URL: expected an address postgres:\/\/user:password@host\/database\. See \.env\.example\.$/u,
      );
    },
  );

  test('pgvector needs the address of a database, which leaves the environment too', () => {
    const url = 'postgres://isnad:secret@localhost/isnad';
    const environment = { VECTOR_STORE: 'pgvector', DATABASE_URL: url };
    expect(loadConfig(environment)).toMatchObject({ vectorStore: 'pgvector', data: { url } });
    expect(environment).toEqual({ VECTOR_STORE: 'pgvector' });
    expect(loadConfig({}).vectorStore).toBe('hnswlib');
    expect(() => loadConfig({ VECTOR_STORE: 'pgvector' })).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('DATABASE_URL') }));
    expect(() => loadConfig({ VECTOR_STORE: 'faiss' })).toThrow('VECTOR_STORE: expected hnswlib or pgvector, got "faiss". See .env.example.');
  });

  test('a model is a folder if it looks like one, else a hub id', () => {
    const model = (EMBEDDING_MODEL: string) => loadConfig({ EMBEDDING_MODEL }).embedding.model;
    expect(model('Xenova/multilingual-e5-small')).toBe('Xenova/multilingual-e5-small');
    expect(model('./some/model')).toBe(resolve('some/model'));
    expect(model('models/multilingual-e5-small-ar-en')).toBe(resolve('models/multilingual-e5-small-ar-en'));
    expect(loadConfig({ EMBEDDING_ALLOW_DOWNLOAD: 'TRUE', HF_ENDPOINT: 'https://mirror.example' }).embedding.hub).toBe('https://mirror.example');
  });
});
