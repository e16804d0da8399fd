import {
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
} from 'discord.js';
import type { Document } from '../corpus/document.ts';
import type { ReportIndex } from '../indexing/report-index.ts';
import { placeOf, type Services } from './command.ts';
import { labelsFor } from './labels.ts';
import { LIMITS } from './limits.ts';
import { documentChoice, documentKey } from './render.ts';

/** Choice that stands for every report, where a channel has one of its own. */
export const ALL_REPORTS = 'all';

/** The report of a choice, or of a title typed in full. */
export function documentFor({ documents }: Pick<ReportIndex, 'documents'>, report: string): Document | undefined {
  return documents.find((document) => documentKey(document) === report || document.title === report);
}

/** Option that names a report. */
export const REPORT_OPTION: APIApplicationCommandStringOption = {
  type: ApplicationCommandOptionType.String,
  name: 'report',
  description: 'Report, if there are several · التقرير',
  autocomplete: true,
};

/** The report of an index that the option names, else the one that is meant where it was used; `undefined` where there is none of that name. */
export async function chosenReport(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction,
  services: Services,
  index: ReportIndex,
): Promise<Document | undefined> {
  const named = interaction.options.getString('report');
  return named === null ? services.reportAt(placeOf(interaction), index) : documentFor(index, named);
}

/** Completes it. @param all whether every report may be chosen together */
export async function respondWithReports(interaction: AutocompleteInteraction, services: Services, all = false): Promise<void> {
  const place = placeOf(interaction);
  const { documents } = await services.indexFor(place);
  const everything = all && documents.length > 1 ? [{ name: labelsFor(await services.languageFor(place)).allReports, value: ALL_REPORTS }] : [];
  await interaction.respond([...everything, ...choicesOf(documents, interaction.options.getFocused())].slice(0, LIMITS.choices));
}

/** Reports whose title holds what was typed, as choices. */
export function choicesOf(documents: readonly Document[], typed: string) {
  return documents
    .filter((document) => document.title.includes(typed.trim()))
    .slice(0, LIMITS.choices)
    .map(documentChoice);
}
