import type { Command, SlashCommand } from '../src/discord/command.ts';
import { ask } from './ask.ts';
import { askTheReport } from './ask-the-report.ts';
import { checkAgainstTheReport } from './check-against-the-report.ts';
import { help } from './help.ts';
import { passage } from './passage.ts';
import { privacy } from './privacy.ts';
import { reindex } from './reindex.ts';
import { report } from './report.ts';
import { search } from './search.ts';
import { settings } from './settings.ts';
import { sources } from './sources.ts';
import { status } from './status.ts';
import { summary } from './summary.ts';
import { unanswered } from './unanswered.ts';

/** Every command, listed by hand: a loader that globs drops a broken file without a word. */
const slashCommands: readonly SlashCommand[] = [ask, search, passage, summary, sources, help, privacy, settings, unanswered, status, report, reindex];

/** @param arabic whether every slash command is there under its Arabic name too */
export function allCommands(arabic: boolean): Command[] {
  const renamed = slashCommands.map((command) => ({ ...command, data: { ...command.data, name: command.arabicName } }));
  return [...slashCommands, ...(arabic ? renamed : []), askTheReport, checkAgainstTheReport];
}
