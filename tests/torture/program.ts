import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, testConfig } from '../support/app.ts';
import type { DiscordServer } from '../support/discord-server.ts';

export const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/src/cli/main.js');

/** Plain questions in Arabic and English, those of the dev reports. */
export const QUESTIONS: readonly string[] = readFileSync(join(ROOT, 'models/training/plain-questions.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => (JSON.parse(line) as { questions: { q: string }[] }).questions.map(({ q }) => q));

/** A question that the seed report answers, and the paragraph that does. */
export const ANSWERED = { question: 'ماذا فعلت طائرات الاستطلاع؟', place: '¶5' } as const;

/** The seeds in a folder of their own, to be changed: the folder, the report's file and what it holds. */
export function copyOfSeeds(): { readonly seeds: string; readonly report: string; readonly text: string } {
  const seeds = temporaryFolder();
  cpSync(testConfig().seedsFolder, seeds, { recursive: true });
  const report = join(seeds, readdirSync(seeds).find((name) => name.endsWith('.txt')) ?? '');
  return { seeds, report, text: readFileSync(report, 'utf8') };
}

/** The program in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  /** What it has written so far, to both outputs. */
  readonly output: () => string;
  /** Exit code. */
  readonly ended: Promise<number | null>;
}

export function start(args: readonly string[], environment: Readonly<Record<string, string>>, nodeOptions: readonly string[] = []): Program {
  const child = spawn(process.execPath, [...nodeOptions, MAIN, ...args], { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '', ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Runs it to its end. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const program = start(args, environment);
  const code = await program.ended;
  return { code, output: program.output() };
}

/** The bot in a process of its own, on a Discord-compatible server. */
export interface BotProgram extends Program {
  /** Values of its `/metrics`: of a name, with labels their sum. */
  metrics(): Promise<(name: string) => number>;
}

export async function startBotProgram(
  server: DiscordServer,
  port: number,
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<BotProgram> {
  const folder = temporaryFolder();
  const settings = {
    DISCORD_TOKEN: server.token,
    DISCORD_API_URL: server.apiUrl,
    INDEX_DIR: join(folder, 'index'),
    DATA_DIR: join(folder, 'data'),
    MONITOR_PORT: String(port),
    QUESTIONS_PER_USER: '1000',
    QUESTIONS_PER_SERVER: '10000',
  };
  const program = start(['bot'], { ...settings, ...environment }, nodeOptions);
  await server.ready();
  return {
    ...program,
    async metrics() {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return (name) => [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (.+)$`, 'gmu'))].reduce((sum, [, value]) => sum + Number(value), 0);
    },
  };
}

/** The first line that a program wrote, without paths of this machine. */
export function firstLine(output: string): string {
  return (output.trim().split('\n')[0] ?? '').replaceAll(ROOT, '').replaceAll(/\/tmp\/[\w-]+/gu, '…');
}

/** Whether a program said in one line what is wrong: no stack trace. */
export function isOneLine(output: string): boolean {
  return output.trim() !== '' && !output.trim().includes('\n');
}
