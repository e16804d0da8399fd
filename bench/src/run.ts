/** Runs a job in a process of its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Job, Results } from './jobs.ts';

const CHILD = join(import.meta.dirname, 'child.js');
const HEAP_MEGABYTES = 16_000;
/** Minutes after which a job counts as failed. */
const LONGEST = 20;
/** Characters of a child's last words that are looked at. */
const LAST_WORDS = 64_000;
/** Absolute paths and file addresses. */
const PATH = /(?:file:\/\/)?(?<![\w.])(?:\/|[A-Z]:\\)[^\s:'"()]*/gu;
/** Frames of stacks, the line that Node.js ends with, the source that it shows, marks beneath that, lists of collections. */
const NOISE = /^(?:at |Node\.js v|…|\^|[}\])>]|\d+: 0x|\[\d+:0x|<---|----- )/u;
const REASON = /^(?:FATAL ERROR|(?:Uncaught )?\w*(?:Error|Exception)\b)/u;
const LONGEST_REASON = 160;

export interface Failure {
  /** Why, in a line. */
  readonly failed: string;
}
export interface Ran<T> {
  readonly result: T;
  /** Milliseconds from before the process was started to its result. */
  readonly time: number;
}

export function hasFailed(outcome: object): outcome is Failure {
  return 'failed' in outcome;
}

/** @throws where the process was told to end: that says nothing about what it measured */
export function run<J extends Job>(job: J): Promise<Ran<Results[J['job']]> | Failure> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = fork(CHILD, { execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let ran: Ran<Results[J['job']]> | undefined;
    let late = false;
    let said = '';
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LONGEST * 60_000);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-LAST_WORDS)));
    child.on('message', (result) => (ran ??= { result: result as Results[J['job']], time: performance.now() - begun }));
    child.on('error', (error) => (said += `\n${error.message}`));
    // Not before it has ended, so that it is not in the way of the next.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (ran) resolve(ran);
      else if (signal === 'SIGINT' || signal === 'SIGTERM') reject(new Error('Interrupted.'));
      else if (late) resolve({ failed: `not done after ${LONGEST} minutes` });
      else resolve({ failed: reasonIn(said) ?? (signal ? `ended by ${signal}` : `ended with code ${code}`) });
    });
    // One that dies before it is told is heard of by its end.
    child.send(job, () => undefined);
  });
}

/** The last line that says something, without paths. */
function reasonIn(text: string): string | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(PATH, '…'))
    .filter((line) => line !== '' && !NOISE.test(line));
  return (lines.findLast((line) => REASON.test(line)) ?? lines.at(-1))?.slice(0, LONGEST_REASON);
}
