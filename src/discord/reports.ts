import { type APIApplicationCommandStringOption, ApplicationCommandOptionType, type AutocompleteInteraction } from 'discord.js';
import type { Document } from '../corpus/document.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import type { Services } from './command.ts';
import { LIMITS } from './limits.ts';
import { documentChoice, documentKey } from './render.ts';

/** The report of a choice, or of a title typed in full; the first one when none was asked for. */
export function documentFor({ documents }: ReportIndex, report: string | null): Document | undefined {
  if (report === null) return documents[0];
  return documents.find((document) => documentKey(document) === report || document.title === report);
}

/** Option that names a report. */
export const REPORT_OPTION: APIApplicationCommandStringOption = {
  type: ApplicationCommandOptionType.String,
  name: 'report',
  description: 'Report, if there are several · التقرير',
  autocomplete: true,
};

/** Completes it. */
export async function respondWithReports(interaction: AutocompleteInteraction, { index }: Services): Promise<void> {
  const typed = interaction.options.getFocused().trim();
  const fitting = index.documents.filter((document) => document.title.includes(typed));
  await interaction.respond(fitting.slice(0, LIMITS.choices).map(documentChoice));
}
