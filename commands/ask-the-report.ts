import { ApplicationCommandType } from 'discord.js';
import { EVERYWHERE, type MenuCommand, placeOf, visibility } from '../src/discord/command.ts';
import { answerMessage } from '../src/discord/render.ts';

/** Message menu: takes somebody's message as the question. */
export const askTheReport = {
  data: { type: ApplicationCommandType.Message, name: 'Ask the report', ...EVERYWHERE },
  async menu(interaction, services) {
    const place = placeOf(interaction);
    await interaction.deferReply(await visibility(place, null, services));
    const { answer, id } = await services.answer(place, interaction.targetMessage.content);
    await interaction.editReply(answerMessage(answer, true, id));
  },
} satisfies MenuCommand;
