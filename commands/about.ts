import { ApplicationCommandType, ApplicationIntegrationType, InteractionContextType, MessageFlags } from 'discord.js';
import type { SlashCommand } from '../src/discord/command.ts';
import { aboutMessage } from '../src/discord/render.ts';

/** `/about`: report, model, index, version. Discord has no Arabic locale: its labels are English. */
export const about = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'about',
    description: 'Report, model, index and version · عن التقرير والبوت',
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  },
  async execute(interaction, services) {
    await interaction.reply({ ...aboutMessage(services.index, services.about, 'en'), flags: MessageFlags.Ephemeral });
  },
} satisfies SlashCommand;
