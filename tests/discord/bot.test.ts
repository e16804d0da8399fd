import type { APIEmbed, APIMessage } from 'discord.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allCommands } from '../../commands/all.ts';
import { type App, openApp } from '../../src/app.ts';
import type { Gateway } from '../../src/discord/gateway.ts';
import { inviteLink, register, whoAmI } from '../../src/discord/registration.ts';
import { HOSTILE } from '../fixtures/hostile.ts';
import { testConfig } from '../support/app.ts';
import { marksShown, startBot, type TestBot } from '../support/bot.ts';
import { DiscordServer } from '../support/discord-server.ts';

const EPHEMERAL = 64;
let app: App;
beforeAll(async () => {
  app = await openApp(testConfig());
});
afterAll(() => app.close());

let server: DiscordServer;
let gateway: Gateway;
let bot: TestBot;
const commands = allCommands(false);
beforeEach(async () => {
  bot = await startBot(app);
  ({ server, gateway } = bot);
});
afterEach(async () => {
  expect(server.unhandled).toEqual([]);
  await bot.stop();
  await server.close();
});

const embed = (message: APIMessage): APIEmbed => message.embeds[0] ?? {};
const shown = (text: string | undefined) => marksShown(text ?? '');

/** Without what is bold: where an answer begins and ends may turn on how a processor rounds. */
const unmarked = (text: string | undefined) => shown(text).replace(/\*\*|__/gu, '');

describe('slash commands', () => {
  test('/ask defers at once and edits the answer in', async () => {
    const user = server.addUser({ username: 'salma' });
    const guild = server.addGuild({ name: 'News' });
    const interaction = server.slash({ user, guild, name: 'ask', options: { question: 'ماذا قال البيت الأبيض عن قرار بايدن؟' } });
    expect(await interaction.acknowledged()).toMatchObject({ type: 5, ephemeral: false });
    const reply = await interaction.reply();
    expect(shown(embed(reply).title)).toMatchInlineSnapshot(`"ماذا قال البيت الأبيض عن قرار بايدن؟"`);
    // A question whose answer stands far ahead: other processors round the model's numbers differently, and a near tie would turn on that.
    expect(embed(reply).description).toMatch(/^> .*__\*\*[^*]+\*\*__[^*]*$/mu);
    expect(unmarked(embed(reply).description)).toMatchInlineSnapshot(`
      "من التقرير:

      > وقال البيت الأبيض، في وقت سابق الاثنين، إن قرار الرئيس جو بايدن بضرب الميليشيات في العراق وسوريا سليم قانونيا، وإن الضربة هدفها الردع وإيران طرف سيئ.
      <RLM>[1] ¶10 · <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI>"
    `);
    expect(shown(embed(reply).footer?.text)).toMatch(/الثقة \d+%/u);
  });

  test('/ask in English quotes the Arabic, labels in English', async () => {
    const user = server.addUser({ username: 'john' });
    const interaction = server.slash({ user, name: 'ask', options: { question: "Was Biden's decision legal?" }, channel: server.openDm(user) });
    expect(unmarked(embed(await interaction.reply()).description)).toMatchInlineSnapshot(`
      "The report says:

      > وقال البيت الأبيض، في وقت سابق الاثنين، إن قرار الرئيس جو بايدن بضرب الميليشيات في العراق وسوريا سليم قانونيا، وإن الضربة هدفها الردع وإيران طرف سيئ.
      <LRM>[1] ¶10 · <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI>
      Unofficial translation: The White House said earlier on Monday that President Joe Biden's decision to strike the militias in Iraq and Syria was legally sound, and that the strike was aimed at deterrence and that Iran is a bad actor."
    `);
  });

  test('private: the deferral is ephemeral', async () => {
    const user = server.addUser({ username: 'salma' });
    const interaction = server.slash({ user, guild: server.addGuild({ name: 'News' }), name: 'ask', options: { question: 'من قصف القاعدة؟', private: true } });
    expect(await interaction.acknowledged()).toMatchObject({ type: 5, ephemeral: true });
    expect((await interaction.reply()).ephemeral).toBe(true);
  });

  test('what the report does not say looks like no answer', async () => {
    const user = server.addUser({ username: 'salma' });
    const interaction = server.slash({ user, guild: server.addGuild({ name: 'News' }), name: 'ask', options: { question: 'وصفة الكبسة' } });
    const reply = embed(await interaction.reply());
    expect(reply.description).toBe('**لا يذكر التقرير هذا.**');
    expect(reply.footer).toBeUndefined();
  });

  test('/passage: autocomplete by number and by words, the paragraph, its neighbours by button', async () => {
    const user = server.addUser({ username: 'salma' });
    const guild = server.addGuild({ name: 'News' });
    const choices = await server.autocomplete({ user, guild, name: 'passage', options: { number: '1' }, focused: 'number' }).choices();
    expect(choices.map((choice) => choice.value)).toEqual([1, 10, 11, 12, 13]);
    const interaction = server.slash({ user, guild, name: 'passage', options: { number: 13 } });
    const reply = await interaction.reply();
    expect(embed(reply).description).toMatch(/^وأكد المتحدث باسم البنتاغون/u);
    const row = reply.components?.[0];
    const buttons = row && 'components' in row ? row.components : [];
    expect(buttons).toMatchObject([{ label: 'السابقة' }, { label: 'التالية', disabled: true }]);
    const previous = buttons[0];
    if (!previous || !('custom_id' in previous)) throw new Error('no button');
    const pressed = server.button({ user, guild, message: reply, customId: previous.custom_id });
    expect(embed(await pressed.reply()).description).toMatch(/^وأضاف المصدر قائلا/u);
  });

  test('/passage beyond the end says what there is, to the asker alone', async () => {
    const user = server.addUser({ username: 'salma' });
    const interaction = server.slash({ user, guild: server.addGuild({ name: 'News' }), name: 'passage', options: { number: 99 } });
    const reply = await interaction.reply();
    expect(reply.content).toBe('لا توجد فقرة بهذا الرقم. الفقرات من 0 (العنوان) إلى 13.');
    expect(reply.flags).toBe(EPHEMERAL);
  });

  test('the menu "Ask the report" takes the message as the question', async () => {
    const user = server.addUser({ username: 'salma' });
    const guild = server.addGuild({ name: 'News' });
    const channel = server.addTextChannel(guild.id, 'general');
    const { message } = server.userMessage({ user, channel, content: 'ماذا فعلت طائرات الاستطلاع؟' });
    const interaction = server.messageCommand({ user, guild, channel, name: 'Ask the report', target: { ...message, content: 'ماذا فعلت طائرات الاستطلاع؟' } });
    expect(embed(await interaction.reply()).description).toContain('[1] ¶5');
  });
});

describe('messages', () => {
  test('a direct message is answered, typing shown; a follow-up is understood', async () => {
    const user = server.addUser({ username: 'salma' });
    const channel = server.openDm(user);
    const message = server.userMessage({ user, channel, content: 'ماذا قال البيت الأبيض عن قرار بايدن؟' });
    await message.typing();
    const reply = await message.reply();
    expect(embed(reply).description).toContain('[1] ¶10');
    expect(reply.message_reference?.message_id).toBe(message.message.id);
    const followUp = server.userMessage({ user, channel, content: 'ولماذا؟' });
    expect(embed(await followUp.reply()).description).toContain('¶10');
  });

  test('several at once are answered in order', async () => {
    const user = server.addUser({ username: 'salma' });
    const channel = server.openDm(user);
    const asked = ['ماذا فعلت طائرات الاستطلاع؟', 'بماذا قصف طيران التحالف المقرات؟', 'إلى أين انسحبت الميليشيات؟'].map((content) =>
      server.userMessage({ user, channel, content }),
    );
    const replies = await Promise.all(asked.map((message) => message.reply()));
    expect(replies.map((reply) => reply.message_reference?.message_id)).toEqual(asked.map((message) => message.message.id));
    const sent = server.requests.filter((r) => r.method === 'POST' && r.path.endsWith('/messages')).map((r) => r.body);
    expect(sent).toMatchObject(asked.map((message) => ({ message_reference: { message_id: message.message.id } })));
  });

  test('help and attachments', async () => {
    const user = server.addUser({ username: 'salma' });
    const channel = server.openDm(user);
    expect((await server.userMessage({ user, channel, content: 'مساعدة' }).reply()).content).toMatch(/^اسألني عما جاء في التقرير/u);
    expect((await server.userMessage({ user, channel, content: 'Help!' }).reply()).content).toMatch(/^Ask me about the report/u);
    const attachments = [{ name: 'photo.png', contentType: 'image/png', bytes: new Uint8Array(4) }];
    expect((await server.userMessage({ user, channel, content: '', attachments }).reply()).content).toContain('لا أستطيع قراءة المرفقات');
  });

  test('a mention in a channel is answered as a reply; other messages and bots are left alone', async () => {
    const guild = server.addGuild({ name: 'News' });
    const channel = server.addTextChannel(guild.id, 'general');
    const user = server.addUser({ username: 'salma' });
    const bot = server.addUser({ username: 'other', bot: true });
    const ignored = server.userMessage({ user, channel, content: 'من قصف القاعدة؟' });
    server.userMessage({ user: bot, channel, content: `<@${server.bot.id}> من قصف القاعدة؟`, mentions: [server.bot] });
    const mention = server.userMessage({ user, channel, content: `<@${server.bot.id}> What were the reconnaissance aircraft doing?`, mentions: [server.bot] });
    const reply = await mention.reply();
    expect(reply.message_reference?.message_id).toBe(mention.message.id);
    expect(embed(reply).description).toContain('¶5');
    expect(ignored.replies.filter((r) => r.message_reference?.message_id !== mention.message.id)).toEqual([]);
  });

  test('a mention in reply to a message is a question about that message; where Discord does not show its text, the way to ask is told', async () => {
    const guild = server.addGuild({ name: 'News' });
    const channel = server.addTextChannel(guild.id, 'general');
    const [user, other] = [server.addUser({ username: 'salma' }), server.addUser({ username: 'john' })];
    const shownToBot = server.userMessage({ user: other, channel, content: `<@${server.bot.id}> ماذا فعلت طائرات الاستطلاع؟`, mentions: [server.bot] });
    await shownToBot.reply();
    const about = server.userMessage({ user, channel, content: `<@${server.bot.id}>`, mentions: [server.bot], reference: shownToBot.message });
    expect(embed(await about.reply()).description).toContain('¶5');
    const hidden = server.userMessage({ user: other, channel, content: 'ماذا فعلت طائرات الاستطلاع؟' });
    const blind = server.userMessage({ user, channel, content: `<@${server.bot.id}>`, mentions: [server.bot], reference: hidden.message });
    expect((await blind.reply()).content).toContain('Ask the report');
  });

  test.each(HOSTILE.filter(({ text }) => text.length <= 4_000 && text.trim() !== ''))('hostile: $name', async ({ text }) => {
    const user = server.addUser({ username: 'mallory' });
    const reply = await server.userMessage({ user, channel: server.openDm(user), content: text }).reply();
    expect(reply.content || embed(reply).description).not.toBe('');
    const request = server.requests.findLast((r) => r.method === 'POST' && r.path.endsWith('/messages'));
    expect(request?.body).toMatchObject({ allowed_mentions: { parse: [] } });
  });
});

describe('the connection', () => {
  test('asks for no privileged intent', () => {
    // Guilds 1 << 0, GuildMessages 1 << 9, DirectMessages 1 << 12
    expect(server.identifies[0]?.intents).toBe((1 << 0) | (1 << 9) | (1 << 12));
  });

  test('commands are registered once, and again only when they change', async () => {
    const credentials = { token: server.token, guildId: undefined, apiUrl: server.apiUrl };
    expect(server.commandPuts).toHaveLength(1);
    expect((await register(credentials, commands)).outcome).toBe('unchanged');
    expect((await register(credentials, commands.slice(1))).outcome).toBe('changed');
    expect(server.commandPuts).toHaveLength(2);
    const guild = server.addGuild({ name: 'Test' });
    expect((await register({ ...credentials, guildId: guild.id }, commands)).outcome).toBe('changed');
    expect((await register({ ...credentials, guildId: guild.id }, commands)).outcome).toBe('unchanged');
  });

  test('the invite link asks for the least', () => {
    const link = new URL(inviteLink('123'));
    expect(link.searchParams.get('scope')).toBe('bot applications.commands');
    expect(BigInt(link.searchParams.get('permissions') ?? 0)).toBe((1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 16n) | (1n << 38n));
  });

  test('a dropped connection is resumed, and what came meanwhile is answered', async () => {
    const user = server.addUser({ username: 'salma' });
    const channel = server.openDm(user);
    server.dropConnections();
    const message = server.userMessage({ user, channel, content: 'ماذا فعلت طائرات الاستطلاع؟' });
    await server.resumed();
    expect(embed(await message.reply()).description).toContain('¶5');
  });

  test('a rate limit is waited for, a passing fault of the server tried again', async () => {
    const user = server.addUser({ username: 'salma' });
    const channel = server.openDm(user);
    server.failNext(
      { method: 'POST', path: /\/messages$/u },
      { status: 429, headers: { 'retry-after': '0.1' }, body: { message: 'slow down', retry_after: 0.1, global: false } },
    );
    expect(embed(await server.userMessage({ user, channel, content: 'ماذا فعلت طائرات الاستطلاع؟' }).reply()).description).toContain('¶5');
    server.failNext({ method: 'POST', path: /\/messages$/u }, { status: 502 });
    expect(embed(await server.userMessage({ user, channel, content: 'ماذا فعلت طائرات الاستطلاع؟' }).reply()).description).toContain('¶5');
  });

  test('a session that may not be resumed begins anew, a reset connection is tried again', async () => {
    const user = server.addUser({ username: 'salma' });
    const ask = () => server.slash({ user, name: 'ask', options: { question: 'ماذا فعلت طائرات الاستطلاع؟' } });
    server.refuseResume = true;
    server.dropConnections();
    await server.ready(2);
    server.failNext({ method: 'PATCH', path: /^\/webhooks\//u }, 'reset');
    expect(embed(await ask().reply()).description).toContain('¶5');
  });

  test('a connection that drops in the middle of an answer does not keep it from its asker, an interaction that expires not the next one', async () => {
    const user = server.addUser({ username: 'salma' });
    const ask = () => server.slash({ user, name: 'ask', options: { question: 'ماذا فعلت طائرات الاستطلاع؟' } });
    const during = ask();
    await during.acknowledged();
    server.dropConnections();
    expect(embed(await during.reply()).description).toContain('¶5');
    await server.resumed();
    const late = ask();
    await late.acknowledged();
    server.expire(late);
    expect(embed(await ask().reply()).description).toContain('¶5');
  });

  test('it knows whether it is connected; a revoked token ends it with the reason', async () => {
    expect(gateway.connected).toBe(true);
    server.dropConnections(4004);
    expect(await gateway.ended).toBe('Discord closed the connection for good (code 4004).');
    expect(gateway.connected).toBe(false);
  });

  test('a stop finishes the answer under way', async () => {
    const user = server.addUser({ username: 'salma' });
    const interaction = server.slash({ user, guild: server.addGuild({ name: 'News' }), name: 'ask', options: { question: 'ماذا فعلت طائرات الاستطلاع؟' } });
    await interaction.acknowledged();
    await gateway.stop();
    expect(embed(await interaction.reply()).description).toContain('¶5');
  });

  test('a wrong token and a dead network are one clear line, without the token', async () => {
    const wrong = { token: 'wrong-secret-token', guildId: undefined, apiUrl: server.apiUrl };
    await expect(whoAmI(wrong)).rejects.toThrow(/^Discord refused DISCORD_TOKEN\. Copy the token again/u);
    await expect(register(wrong, commands)).rejects.not.toThrow(/wrong-secret-token/u);
    const dead = await DiscordServer.start();
    const { apiUrl } = dead;
    await dead.close();
    await expect(register({ ...wrong, apiUrl }, commands)).rejects.toThrow(/^Discord can't be reached \(ECONNREFUSED\)/u);
  });
});
