import { setTimeout } from 'node:timers/promises';
import {
  ActionRowBuilder,
  ApplicationCommandType,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  type ClientOptions,
  DiscordAPIError,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  type Interaction,
  InteractionResponseType,
  type Message,
  MessageFlags,
  ModalBuilder,
  Partials,
  PermissionFlagsBits,
  REST,
  Routes,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DiscordServer, type DiscordServerOptions } from './discord-server.ts';

let server: DiscordServer;
const clients: Client[] = [];

beforeEach(async () => {
  server = await DiscordServer.start();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.destroy();
  await server.close();
});

async function restart(options: DiscordServerOptions): Promise<void> {
  await server.close();
  server = await DiscordServer.start(options);
}

function newClient(options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel],
    rest: { api: server.apiUrl },
    // Left alone, the client waits five seconds between two identifies.
    ws: { buildIdentifyThrottler: () => ({ waitForIdentify: () => Promise.resolve() }) },
    ...options,
  });
  clients.push(client);
  return client;
}

/** A logged in client; what its handlers throw is kept, so that no failure goes unseen. */
async function connect(handlers: {
  interaction?: (interaction: Interaction) => Promise<unknown>;
  message?: (message: Message) => Promise<unknown>;
}): Promise<{ client: Client; errors: unknown[] }> {
  const client = newClient();
  const errors: unknown[] = [];
  client.on(Events.InteractionCreate, (interaction) => {
    handlers.interaction?.(interaction).catch((error: unknown) => errors.push(error));
  });
  client.on(Events.MessageCreate, (message) => {
    if (!message.author.bot) handlers.message?.(message).catch((error: unknown) => errors.push(error));
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(server.token);
  await ready;
  return { client, errors };
}

const codeOf = (error: unknown): unknown => (error instanceof DiscordAPIError ? error.code : error);

const caught = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => codeOf(error),
  );

const row = (...buttons: ButtonBuilder[]) => new ActionRowBuilder<ButtonBuilder>().addComponents(...buttons);
const button = (id: string) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary);

describe('gateway', () => {
  test('logs a client in, with its guilds and channels', async () => {
    const guild = server.addGuild({ name: 'Library', locale: 'ar' });
    const channel = server.addTextChannel(guild.id, 'reading');
    const { client } = await connect({});
    const identify = await server.ready();
    expect(identify.intents).toBe(GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages);
    expect(client.user?.id).toBe(server.bot.id);
    expect(client.guilds.cache.get(guild.id)).toMatchObject({
      name: 'Library',
      preferredLocale: 'ar',
      available: true,
    });
    expect(client.channels.cache.get(channel.id)?.isTextBased()).toBe(true);
    expect(Math.abs((client.user?.createdTimestamp ?? 0) - Date.now())).toBeLessThan(60_000);

    const seen = new Promise((resolve) => client.once(Events.GuildCreate, resolve));
    server.addGuild({ name: 'Later' });
    expect(await seen).toMatchObject({ name: 'Later' });
    client.user?.setPresence({ status: 'idle' });
    expect(server.unhandled).toEqual([]);
  });

  test('acknowledges heartbeats', async () => {
    await restart({ heartbeatIntervalMs: 30 });
    const { client } = await connect({});
    const third = await server.heartbeat(3);
    expect(third.at).toBeGreaterThan((await server.heartbeat(1)).at);
    expect(third.sequence).toBe(1);
    expect(client.ws.ping).toBeGreaterThanOrEqual(0);
    expect(server.identifies).toHaveLength(1);
  });

  test('a client whose heartbeats stay unanswered reconnects and resumes', async () => {
    await restart({ heartbeatIntervalMs: 30 });
    server.acknowledgeHeartbeats = false;
    await connect({});
    await server.heartbeat(1);
    // From here on the client is answered, so that it is connected when the test ends.
    server.acknowledgeHeartbeats = true;
    await server.resumed();
    expect(server.identifies).toHaveLength(1);
  });

  test('replays what was missed to a client that resumes', async () => {
    const user = server.addUser({ username: 'amal' });
    const { errors } = await connect({
      interaction: async (interaction) => interaction.isChatInputCommand() && interaction.reply(interaction.commandName),
    });
    for (const [index, drop] of [() => server.dropConnections(), () => server.dropConnections(4000)].entries()) {
      drop();
      const missed = server.slash({ user, name: `missed-${index}` });
      await server.resumed(index + 1);
      expect((await missed.reply()).content).toBe(`missed-${index}`);
    }
    server.requestReconnect();
    await server.resumed(3);
    const after = server.slash({ user, name: 'after' });
    expect((await after.reply()).content).toBe('after');
    expect(server.identifies).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('identifies again when the resume is refused', async () => {
    const user = server.addUser({ username: 'amal' });
    const guild = server.addGuild({ name: 'Library' });
    await connect({
      interaction: async (interaction) => interaction.isChatInputCommand() && interaction.reply('here again'),
    });
    server.refuseResume = true;
    server.dropConnections();
    await server.ready(2);
    expect((await server.slash({ user, guild, name: 'ask' }).reply()).content).toBe('here again');
  });

  test('refuses a wrong token, over REST and at the gateway', async () => {
    await expect(newClient().login('not-the-token')).rejects.toMatchObject({ code: 'TokenInvalid' });
    expect(await caught(new REST({ api: server.apiUrl }).setToken('wrong').get(Routes.user()))).toBe(0);

    const socket = new WebSocket(server.apiUrl.replace('http', 'ws'));
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () => socket.send(JSON.stringify({ op: 2, d: { token: 'wrong', intents: 0 } })));
    expect(await code).toBe(4004);
  });

  test('a handle that waits in vain says what did arrive', async () => {
    await restart({ timeoutMs: 500 });
    const user = server.addUser({ username: 'amal' });
    await connect({ interaction: async (interaction) => interaction.isChatInputCommand() && interaction.deferReply() });
    const handle = server.slash({ user, name: 'ask' });
    await handle.acknowledged();
    await expect(handle.reply()).rejects.toThrow(/the reply to an interaction.*within 500 ms.*POST \/interactions\/.*\/callback \(204\)/);
  });
});

describe('interactions', () => {
  test('a slash command deferred, then edited, then followed up', async () => {
    const guild = server.addGuild({ name: 'Library', locale: 'fr' });
    const user = server.addUser({ username: 'amal', globalName: 'Amal' });
    const { errors } = await connect({
      interaction: async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        const deferral = await interaction.deferReply({ flags: MessageFlags.Ephemeral, withResponse: true });
        expect(deferral.interaction).toMatchObject({ responseMessageLoading: true, responseMessageEphemeral: true });
        const { options, locale, guildLocale, memberPermissions } = interaction;
        const asked = [options.getString('question', true), options.getInteger('top'), options.getBoolean('brief')];
        const edited = await interaction.editReply({ content: `${asked} ${locale} ${guildLocale}` });
        expect(edited.editedTimestamp).toBeNull();
        const file = new AttachmentBuilder(Buffer.from('full text'), { name: 'answer.txt', description: 'all of it' });
        await interaction.editReply({ content: String(memberPermissions?.has('ManageGuild')), files: [file] });
        await interaction.followUp({ content: 'one more', flags: MessageFlags.Ephemeral });
      },
    });
    const handle = server.slash({
      user,
      guild,
      name: 'ask',
      options: { question: 'why?', top: 3, brief: true },
      locale: 'ar',
      memberPermissions: PermissionFlagsBits.ManageGuild,
    });
    const type = InteractionResponseType.DeferredChannelMessageWithSource;
    expect(await handle.acknowledged()).toMatchObject({ type, ephemeral: true });
    expect(await handle.reply()).toMatchObject({ content: 'why?,3,true ar fr', ephemeral: true, flags: 64 });
    const withFile = await handle.replyWhere((message) => message.files.length > 0);
    expect(withFile.content).toBe('true');
    expect(Buffer.from(withFile.files[0]?.bytes ?? []).toString()).toBe('full text');
    expect(withFile.attachments[0]).toMatchObject({ filename: 'answer.txt', description: 'all of it', size: 9 });
    expect(await (await fetch(withFile.attachments[0]?.url ?? '')).text()).toBe('full text');
    expect(await handle.followUp()).toMatchObject({ content: 'one more', ephemeral: true });
    expect(handle.edits()).toHaveLength(2);
    expect(errors).toEqual([]);
    expect(server.unhandled).toEqual([]);
  });

  test('autocomplete', async () => {
    await connect({
      interaction: async (interaction) => {
        if (!interaction.isAutocomplete()) return;
        const { name, value } = interaction.options.getFocused(true);
        await interaction.respond([{ name: `${name}:${value}`, value: interaction.options.getSubcommand() }]);
      },
    });
    const user = server.addUser({ username: 'amal' });
    const options = { report: 'ann' };
    const handle = server.autocomplete({ user, name: 'ask', subcommand: 'about', options, focused: 'report' });
    expect(await handle.choices()).toEqual([{ name: 'report:ann', value: 'about' }]);
  });

  test('a button that opens a modal, a modal that updates the message, a select menu', async () => {
    const menu = new StringSelectMenuBuilder().setCustomId('menu').addOptions({ label: 'A', value: 'a' });
    const input = new TextInputBuilder().setCustomId('why').setLabel('Why?').setStyle(TextInputStyle.Short);
    const modal = new ModalBuilder().setCustomId('form').setTitle('Feedback').addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input));
    const { errors } = await connect({
      interaction: async (interaction) => {
        if (interaction.isChatInputCommand()) {
          const menus = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu);
          await interaction.reply({ content: 'pick', components: [row(button('open')), menus] });
        } else if (interaction.isButton()) await interaction.showModal(modal);
        else if (interaction.isModalSubmit() && interaction.isFromMessage()) {
          await interaction.update({ content: interaction.fields.getTextInputValue('why') });
        } else if (interaction.isStringSelectMenu()) {
          await interaction.deferUpdate();
          await interaction.editReply(`chose ${interaction.values.join()}`);
        }
      },
    });
    const user = server.addUser({ username: 'amal' });
    const message = await server.slash({ user, name: 'ask' }).reply();
    expect((await server.button({ user, message, customId: 'open' }).modal()).title).toBe('Feedback');
    const submitted = await server.modalSubmit({ user, customId: 'form', fields: { why: 'because' } }).reply();
    expect(submitted).toMatchObject({ id: message.id, content: 'because' });
    const chosen = await server.selectMenu({ user, message, customId: 'menu', values: ['a'] }).reply();
    expect(chosen).toMatchObject({ id: message.id, content: 'chose a' });
    expect(() => server.button({ user, message, customId: 'gone' })).toThrow(/no component gone/);
    expect(errors).toEqual([]);
  });

  test('a message command sees the whole message', async () => {
    await connect({
      interaction: async (interaction) => interaction.isMessageContextMenuCommand() && interaction.reply(`about: ${interaction.targetMessage.content}`),
    });
    const user = server.addUser({ username: 'amal' });
    const channel = server.addTextChannel(server.addGuild({ name: 'Library' }).id, 'reading');
    const target = server.userMessage({ user, channel, content: 'a claim' }).message;
    expect((await server.messageCommand({ user, name: 'Check', target }).reply()).content).toBe('about: a claim');
  });

  test('an interaction that is acknowledged too late is unknown', async () => {
    await restart({ acknowledgeWithinMs: 20 });
    const { client } = await connect({});
    const code = new Promise((resolve) => {
      client.on(Events.InteractionCreate, (interaction) => {
        const late = async () => {
          await setTimeout(50);
          if (interaction.isChatInputCommand()) resolve(await caught(interaction.deferReply()));
        };
        void late();
      });
    });
    server.slash({ user: server.addUser({ username: 'amal' }), name: 'ask' });
    expect(await code).toBe(10062);
  });

  test('an interaction is answered once, and through a webhook that lives', async () => {
    const codes: unknown[] = [];
    const { client, errors } = await connect({
      interaction: async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        const { id, token, client } = interaction;
        if (interaction.commandName === 'expired') {
          server.expire(interaction);
          codes.push(await caught(interaction.reply('late')));
          client.emit(Events.Debug, 'finished');
          return;
        }
        const path = Routes.webhookMessage(client.application.id, token);
        codes.push(await caught(client.rest.patch(path, { body: { content: 'early' }, auth: false })));
        await interaction.reply('first');
        const body = { type: 4, data: { content: 'second' } };
        codes.push(await caught(client.rest.post(Routes.interactionCallback(id, token), { body, auth: false })));
        await interaction.deleteReply();
        codes.push(await caught(interaction.editReply('gone')));
        server.expire(interaction);
        codes.push(await caught(interaction.followUp('late')));
        client.emit(Events.Debug, 'finished');
      },
    });
    const finished = () => new Promise<void>((resolve) => client.on(Events.Debug, (text) => text === 'finished' && resolve()));
    const user = server.addUser({ username: 'amal' });
    const first = finished();
    await server.slash({ user, name: 'ask' }).deleted();
    await first;
    expect(codes.splice(0)).toEqual([10015, 40060, 10008, 50027]);
    const second = finished();
    server.slash({ user, name: 'expired' });
    await second;
    expect(codes).toEqual([10062]);
    expect(errors).toEqual([]);
  });

  test('the first follow-up of a deferral fills it in', async () => {
    await connect({
      interaction: async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        await interaction.deferReply();
        await interaction.followUp('the answer');
      },
    });
    const handle = server.slash({ user: server.addUser({ username: 'amal' }), name: 'ask' });
    expect((await handle.reply()).content).toBe('the answer');
    expect(handle.followUps).toEqual([]);
  });
});

describe('messages', () => {
  test('a direct message, answered with typing', async () => {
    const { errors } = await connect({
      message: async (message) => {
        if (!message.channel.isSendable()) return;
        await message.channel.sendTyping();
        const sent = await message.reply({ content: `you said: ${message.content}`, allowedMentions: { parse: [] } });
        await sent.edit('corrected');
        expect(message.attachments.first()?.name ?? null).toBe(message.content === 'file' ? 'a.txt' : null);
      },
    });
    const user = server.addUser({ username: 'amal' });
    const channel = server.openDm(user);
    const handle = server.userMessage({ user, channel, content: 'hello' });
    await handle.typing();
    const reply = await handle.reply();
    expect(reply).toMatchObject({ content: 'you said: hello', mentions: [], author: { id: server.bot.id } });
    expect(reply.message_reference?.message_id).toBe(handle.message.id);
    expect((await handle.edit()).content).toBe('corrected');

    const attachments = [{ name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('x') }];
    const second = server.userMessage({ user, channel, content: 'file', attachments });
    expect((await second.reply()).content).toBe('you said: file');
    expect((await second.edit()).content).toBe('corrected');
    expect(handle.replies).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('in a guild, only a message that mentions the bot shows its content', async () => {
    const seen: string[] = [];
    const mine: string[] = [];
    const { client } = await connect({
      message: async (message) => {
        seen.push(message.content);
        if (message.mentions.has(message.client.user)) await message.reply('yes?');
      },
    });
    client.on(Events.MessageCreate, (message) => message.author.bot && mine.push(message.content));
    const user = server.addUser({ username: 'amal' });
    const channel = server.addTextChannel(server.addGuild({ name: 'Library' }).id, 'reading');
    server.userMessage({ user, channel, content: 'between us' });
    const asked = server.userMessage({ user, channel, content: `<@${server.bot.id}> what is it?` });
    const answer = await asked.reply();
    expect(answer.content).toBe('yes?');
    const again = server.userMessage({ user, channel, content: 'thanks', reference: answer });
    await again.reply();
    expect(seen).toEqual(['', `<@${server.bot.id}> what is it?`, 'thanks']);
    // Discord tells a bot about its own messages too.
    expect(mine).toContain('yes?');
  });
});

describe('REST', () => {
  const rest = () => new REST({ api: server.apiUrl }).setToken(server.token);

  test('keeps registered commands as Discord does, and reads option types from them', async () => {
    const ask = new SlashCommandBuilder()
      .setName('ask')
      .setDescription('Ask')
      .addStringOption((option) => option.setName('question').setDescription('What').setRequired(true))
      .addNumberOption((option) => option.setName('weight').setDescription('How much'))
      .setDescriptionLocalizations({ fr: 'Demander' })
      .toJSON();
    const menu = { name: 'Check this', type: ApplicationCommandType.Message };
    const path = Routes.applicationCommands(server.applicationId);
    await rest().put(path, { body: [ask, menu] });
    const query = new URLSearchParams({ with_localizations: 'true' });
    const [full, context] = (await rest().get(path, { query })) as Record<string, unknown>[];
    const base = { application_id: server.applicationId, default_member_permissions: null, nsfw: false };
    const global = { dm_permission: true, contexts: null, integration_types: [0] };
    const none = { name_localizations: null, description_localizations: null };
    expect(full).toMatchObject({ ...base, ...global, type: 1, description_localizations: { fr: 'Demander' } });
    expect(full?.options).toEqual([
      { type: 3, name: 'question', description: 'What', required: true, ...none },
      { type: 10, name: 'weight', description: 'How much', ...none },
    ]);
    expect(context).toMatchObject({ ...base, ...global, ...none, ...menu, description: '' });
    expect(context).not.toHaveProperty('options');
    expect(((await rest().get(path)) as object[])[0]).not.toHaveProperty('name_localizations');

    const again = (await rest().put(path, { body: [ask, { ...menu, name: 'Check that' }] })) as (typeof full)[];
    expect(again[0]).toMatchObject({ id: full?.id, version: full?.version });
    expect(again[1]?.id).not.toBe(context?.id);
    expect(server.commandPuts).toHaveLength(2);

    const guild = server.addGuild({ name: 'Library' });
    const scoped = Routes.applicationGuildCommands(server.applicationId, guild.id);
    const [inGuild] = (await rest().put(scoped, { body: [ask] })) as Record<string, unknown>[];
    expect(inGuild).toMatchObject({ guild_id: guild.id, name: 'ask' });
    expect(inGuild).not.toHaveProperty('contexts');

    await connect({
      interaction: async (interaction) =>
        interaction.isChatInputCommand() && interaction.reply(`${interaction.options.getNumber('weight')} ${interaction.commandGuildId}`),
    });
    const user = server.addUser({ username: 'amal' });
    const reply = await server.slash({ user, guild, name: 'ask', options: { weight: 2 } }).reply();
    expect(reply.content).toBe(`2 ${guild.id}`);
  });

  test('refuses commands that Discord refuses', async () => {
    const path = Routes.applicationCommands(server.applicationId);
    const option = { type: 3, name: 'q', description: 'd' };
    const good = { name: 'اسأل', description: 'd', options: [option] };
    expect(await caught(rest().put(path, { body: [good] }))).toBeUndefined();
    const bad = [
      { ...good, name: 'Not Valid' },
      { ...good, name: 'x'.repeat(33) },
      { ...good, description: '' },
      { ...good, description: 'x'.repeat(101) },
      { ...good, options: Array.from({ length: 26 }, (_, index) => ({ ...option, name: `q${index}` })) },
      {
        ...good,
        options: [{ ...option, choices: Array.from({ length: 26 }, (_, i) => ({ name: `${i}`, value: `${i}` })) }],
      },
      { ...good, options: [option, { ...option, name: 'r', required: true }] },
      // Arabic is not among the locales of Discord's client.
      { ...good, name_localizations: { ar: 'اسأل' } },
    ];
    for (const command of bad) expect(await caught(rest().put(path, { body: [command] }))).toBe(50035);
    expect(server.commandPuts).toHaveLength(1);
  });

  test('enforces the limits of messages', async () => {
    const channel = server.openDm(server.addUser({ username: 'amal' }));
    const path = Routes.channelMessages(channel.id);
    const post = (body: object) => caught(rest().post(path, { body }));
    const embed = (data: object) => ({ embeds: [data] });
    const buttons = (count: number) => Array.from({ length: count }, (_, index) => button(`b${index}`));
    expect(await post({ content: 'ا'.repeat(2000), components: [row(...buttons(5)).toJSON()] })).toBeUndefined();
    expect(await post(embed(new EmbedBuilder().setDescription('x'.repeat(4096)).toJSON()))).toBeUndefined();
    const refused = [
      { content: 'x'.repeat(2001) },
      embed({ title: 'x'.repeat(257) }),
      embed({ description: 'x'.repeat(4097) }),
      embed({ description: 'x', footer: { text: 'x'.repeat(2049) } }),
      embed({ fields: [{ name: 'x'.repeat(257), value: 'x' }] }),
      embed({ fields: [{ name: 'x', value: 'x'.repeat(1025) }] }),
      embed({ fields: Array.from({ length: 26 }, () => ({ name: 'x', value: 'x' })) }),
      { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] },
      { embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) },
      { content: 'x', components: Array.from({ length: 6 }, (_, i) => row(button(`b${i}`)).toJSON()) },
      { content: 'x', components: [{ type: 1, components: buttons(6).map((item) => item.toJSON()) }] },
      { content: 'x', components: [{ type: 1, components: [{ ...button('b').toJSON(), label: 'x'.repeat(81) }] }] },
      {
        content: 'x',
        components: [{ type: 1, components: [{ ...button('b').toJSON(), custom_id: 'x'.repeat(101) }] }],
      },
      { content: 'x', components: [row(button('same'), button('same')).toJSON()] },
      { content: 'x', allowed_mentions: { parse: ['all'] } },
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      { content: 'x', message_reference: { message_id: '1' } },
    ];
    for (const body of refused) expect({ body, code: await post(body) }).toEqual({ body, code: 50035 });
    expect(await post({ content: ' ' })).toBe(50006);

    const error = await rest()
      .post(path, { body: { content: 'x'.repeat(2001) } })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 400 });
    expect(String(error)).toContain('content[BASE_TYPE_MAX_LENGTH]: Must be 2000 or fewer in length.');
  });

  test('enforces the limits of choices and of modals', async () => {
    const codes: unknown[] = [];
    await connect({
      interaction: async (interaction) => {
        const choice = { name: 'x', value: 'x' };
        const answers = interaction.isAutocomplete()
          ? [{ choices: Array(26).fill(choice) }, { choices: [{ ...choice, name: 'x'.repeat(101) }] }, { choices: [{ ...choice, name: '' }] }]
          : [{ custom_id: 'm', title: 'x'.repeat(46), components: [row(button('b')).toJSON()] }];
        const type = interaction.isAutocomplete() ? 8 : 9;
        for (const data of answers) {
          const path = Routes.interactionCallback(interaction.id, interaction.token);
          codes.push(await caught(interaction.client.rest.post(path, { body: { type, data }, auth: false })));
        }
        if (interaction.isAutocomplete()) await interaction.respond([]);
        else if (interaction.isChatInputCommand()) await interaction.reply('done');
      },
    });
    const user = server.addUser({ username: 'amal' });
    expect(await server.autocomplete({ user, name: 'ask', focused: 'q' }).choices()).toEqual([]);
    await server.slash({ user, name: 'ask' }).reply();
    expect(codes).toEqual([50035, 50035, 50035, 50035]);
  });

  test('a rate limit and a server error are retried, a cut connection is reported', async () => {
    const channel = server.openDm(server.addUser({ username: 'amal' }));
    const path = /^\/channels\/\d+\/messages$/;
    const send = () => rest().post(Routes.channelMessages(channel.id), { body: { content: 'hello' } });
    const body = { message: 'You are being rate limited.', retry_after: 0.1, global: false };
    server.failNext({ method: 'POST', path }, { status: 429, body, headers: { 'Retry-After': '0.1' } });
    await send();
    const [refused, accepted] = server.requests;
    expect([refused?.status, accepted?.status]).toEqual([429, 200]);
    expect((accepted?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(100);

    server.failNext({ path }, { status: 502 }, 2);
    await send();
    expect(server.requests.map((request) => request.status)).toEqual([429, 200, 502, 502, 200]);
    server.failNext({ path }, 'reset');
    await send();
    server.failNext({ path }, 'drop');
    await expect(send()).rejects.toThrow('other side closed');
    expect(server.requests.filter((request) => request.status === 0)).toHaveLength(2);
  });

  test('answers 404 to what it does not know, and keeps it', async () => {
    expect(await caught(rest().get('/voice/regions'))).toBe(0);
    expect(server.unhandled.map((request) => request.path)).toEqual(['/voice/regions']);
  });
});
