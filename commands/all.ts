import type { Command } from '../src/discord/command.ts';
import { about } from './about.ts';
import { ask } from './ask.ts';
import { askTheReport } from './ask-the-report.ts';
import { passage } from './passage.ts';

/** Every command, listed by hand: a loader that globs drops a broken file without a word. */
export const commands: readonly Command[] = [ask, passage, about, askTheReport];
