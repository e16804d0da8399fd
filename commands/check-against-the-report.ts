import { ApplicationCommandType } from 'discord.js';
import { EVERYWHERE, type MenuCommand, placeOf, visibility } from '../src/discord/command.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { refusalMessage } from '../src/discord/render.ts';
import { hitsMessage } from '../src/discord/views.ts';

const PASSAGES = 3;

/** Message menu: shows what the report has nearest to a claim, and leaves the judgement to the reader. */
export const checkAgainstTheReport = {
  data: { type: ApplicationCommandType.Message, name: 'Check against the report', ...EVERYWHERE },
  async menu(interaction, services) {
    const place = placeOf(interaction);
    await interaction.deferReply(await visibility(place, null, services));
    const result = await services.search(place, interaction.targetMessage.content);
    const { language, refusal, hits } = result;
    if (refusal !== undefined) return void (await interaction.editReply(refusalMessage(refusal, language)));
    await interaction.editReply(hitsMessage({ ...result, hits: hits.slice(0, PASSAGES) }, labelsFor(language).claim, 0, () => ''));
  },
} satisfies MenuCommand;
