import { ApplicationCommandOptionType, ApplicationCommandType, ChannelType, MessageFlags } from 'discord.js';
import { ADMINS, placeOf, type SlashCommand } from '../src/discord/command.ts';
import { labelsFor } from '../src/discord/labels.ts';
import { plainMessage } from '../src/discord/render.ts';
import { settingsMessage } from '../src/discord/views.ts';
import type { ServerSettings } from '../src/storage/records.ts';

/** `/settings [private] [allow] [disallow] [language]`: shows what the server decided, changed by what is given. */
export const settings = {
  arabicName: 'الإعدادات',
  admin: true,
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'settings',
    description: 'How I behave on this server · إعدادات هذا الخادم',
    ...ADMINS,
    options: [
      { type: ApplicationCommandOptionType.Boolean, name: 'private', description: 'Answers are for the asker alone unless asked otherwise · الإجابات خاصة' },
      {
        type: ApplicationCommandOptionType.Channel,
        name: 'allow',
        description: 'Speak for all to see only in this channel, and others allowed · اسمح بهذه القناة',
        channel_types: [ChannelType.GuildText, ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.GuildForum],
      },
      { type: ApplicationCommandOptionType.Channel, name: 'disallow', description: 'No longer this one; with none left, everywhere · امنع هذه القناة' },
      {
        type: ApplicationCommandOptionType.String,
        name: 'language',
        description: 'Of my own words where a question tells none · لغة البوت',
        choices: [
          { name: 'العربية', value: 'ar' },
          { name: 'English', value: 'en' },
          { name: "the report's · لغة التقرير", value: 'report' },
        ],
      },
    ],
  },
  async execute(interaction, services) {
    const { guildId, options } = interaction;
    if (guildId === null) return;
    const before = await services.records.serverSettings(guildId);
    const allow = options.getChannel('allow')?.id;
    const disallow = options.getChannel('disallow')?.id;
    const language = options.getString('language');
    const after: ServerSettings = {
      ...before,
      private: options.getBoolean('private') ?? before.private,
      channels: [...new Set([...before.channels, ...(allow === undefined ? [] : [allow])])].filter((id) => id !== disallow),
      language: language === null ? before.language : language === 'ar' || language === 'en' ? language : undefined,
    };
    const kept = options.data.length === 0 || (await services.records.changeServerSettings(guildId, after));
    const own = await services.languageFor(placeOf(interaction));
    await interaction.reply({ ...(kept ? settingsMessage(after, own) : plainMessage(labelsFor(own).notKept, own)), flags: MessageFlags.Ephemeral });
  },
} satisfies SlashCommand;
