import { pino } from 'pino';
import type { Config } from './config.ts';

/** Structured log lines on standard error; no text of a message or question is ever logged. */
export type Log = pino.Logger;

export function createLog(level: Config['logLevel']): Log {
  return pino({ name: 'isnad', level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
