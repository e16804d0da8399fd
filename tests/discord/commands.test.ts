import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type APIMessage, ComponentType, PermissionFlagsBits } from 'discord.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { botForEachTest, marksShown, startBot, type TestBot } from '../support/bot.ts';

const ADMIN = PermissionFlagsBits.ManageGuild;

const running = botForEachTest();

const description = (message: APIMessage) => marksShown(message.embeds[0]?.description ?? message.content);
const buttonsOf = (message: APIMessage) =>
  (message.components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((c) =>
          c.type === ComponentType.Button && 'custom_id' in c ? [{ label: c.label, id: c.custom_id, off: c.disabled ?? false }] : [],
        )
      : [],
  );
const buttonIds = (message: APIMessage) => buttonsOf(message).map(({ id }) => id);

function place() {
  const { server } = running.bot;
  return { server, user: server.addUser({ username: 'salma' }), guild: server.addGuild({ name: 'News' }) };
}

describe('/search', () => {
  test('lists passages with bars; only whoever searched turns the page for all', async () => {
    const { server, user, guild } = place();
    const found = await server.slash({ user, guild, name: 'search', options: { text: 'طائرات مسيرة' } }).reply();
    expect(description(found)).toContain('**أقرب المقاطع إلى بحثك:**');
    expect(description(found)).toMatch(/<FSI>▰▰▰▰▰▰▰▰▰▰<PDI> ¶9/u);
    const [, next = ''] = buttonIds(found);
    const turned = await server.button({ user, guild, message: found, customId: next }).edit();
    expect(turned.embeds[0]?.footer?.text).toContain('صفحة 2 من 3');
    const other = server.addUser({ username: 'other' });
    const [, third = ''] = buttonIds(turned);
    const own = await server.button({ user: other, guild, message: turned, customId: third }).reply();
    expect(own.ephemeral).toBe(true);
    expect(own.embeds[0]?.footer?.text).toContain('صفحة 3 من 3');
  });

  test('of nothing says why', async () => {
    const { server, user, guild } = place();
    const reply = await server.slash({ user, guild, name: 'search', options: { text: '؟؟؟' } }).reply();
    expect(reply.content).toMatch(/لم أجد سؤالا/u);
  });

  test('in another language says so in both of ours, however it is asked', async () => {
    const { server, user, guild } = place();
    const question = 'Combien de soldats ont été tués ?';
    const channel = server.addTextChannel(guild.id, 'general');
    const { message } = server.userMessage({ user, channel, content: question });
    for (const reply of [
      await server.slash({ user, guild, name: 'search', options: { text: question } }).reply(),
      await server.slash({ user, guild, name: 'ask', options: { question } }).reply(),
      await server.messageCommand({ user, guild, channel, name: 'Check against the report', target: { ...message, content: question } }).reply(),
      await server.userMessage({ user, channel: server.openDm(user), content: question }).reply(),
    ])
      expect(reply.content).toBe('عذرا، لا أفهم أسئلة بغير العربية والإنجليزية.\nSorry, I only understand questions in Arabic and English.');
  });
});

describe('/summary', () => {
  test('is the key sentences of the report, verbatim and in its order', async () => {
    const { server, user, guild } = place();
    const { source } = running.app.answerer.index.documents[0] ?? { source: '' };
    const text = description(await server.slash({ user, guild, name: 'summary' }).reply());
    const quotes = [...text.matchAll(/^> (.+)$/gmu)].map(([, quote]) => (quote ?? '').replaceAll('\\', ''));
    expect(quotes).toHaveLength(5);
    const places = quotes.map((quote) => source.indexOf(quote));
    expect(places.every((at) => at >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const two = description(await server.slash({ user, guild, name: 'summary', options: { sentences: 2 } }).reply());
    expect([...two.matchAll(/^> /gmu)]).toHaveLength(2);
  });
});

describe('/sources and /help', () => {
  test('name the report, its model and the commands', async () => {
    const { server, user, guild } = place();
    const sources = description(await server.slash({ user, guild, name: 'sources' }).reply());
    expect(sources).toContain('• <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI> (14 فقرة · مع ترجمة إنجليزية غير رسمية)');
    expect(sources).toContain('<FSI>multilingual-e5-small-ar-en<PDI>');
    const help = await server.slash({ user, guild, name: 'help' }).reply();
    expect(description(help)).toContain('/ask');
    expect(description(help)).toContain('/privacy');
    const english = await server.button({ user, guild, message: help, customId: 'help:en' }).reply();
    expect(description(english)).toContain('Ask me about the report');
    expect(await running.bot.records.languageOf(user.id)).toBe('en');
    expect(description(await server.slash({ user, guild, name: 'sources' }).reply())).toContain('**Reports** (1)');
  });
});

describe('/sources of many reports', () => {
  const TITLES = Array.from({ length: 25 }, (_, i) => `تقرير الفيضان رقم ${i + 10}`);
  let app: App;
  let own: TestBot;
  beforeAll(async () => {
    const seeds = temporaryFolder();
    for (const [i, title] of TITLES.entries()) writeFileSync(join(seeds, `${i + 10}.txt`), `${title}\n\nارتفع منسوب المياه ${i} أمتار.`);
    writeFileSync(join(seeds, '34.txt.yaml'), 'date: 2024-05-31\nlink: https://news.example/flood\n');
    app = await openApp(testConfig({ SEEDS_DIR: seeds }));
    own = await startBot(app);
  });
  afterAll(async () => {
    await own.stop();
    await own.server.close();
    await app.close();
  });

  const titles = (message: APIMessage) => [...description(message).matchAll(/• <FSI>(.+)<PDI> \(/gu)].map(([, title]) => title);

  test('turns its pages, each with ten of them, their number, model and version', async () => {
    const { server } = own;
    const [user, guild] = [server.addUser({ username: 'salma' }), server.addGuild({ name: 'News' })];
    const first = await server.slash({ user, guild, name: 'sources' }).reply();
    expect(first.ephemeral).toBe(true);
    expect(titles(first)).toEqual(TITLES.slice(0, 10));
    expect(description(first)).toMatch(/^\*\*التقارير\*\* \(25\)\n/u);
    expect(description(first)).toMatch(/\n\nالنموذج: .+\nالفهرس: .+\nالإصدار: <FSI>Isnad .+<PDI>$/u);
    expect(first.embeds[0]?.footer?.text).toBe('صفحة 1 من 3');
    expect(buttonsOf(first)).toEqual([
      { label: 'السابقة', id: 'sources:-1', off: true },
      { label: 'التالية', id: 'sources:1', off: false },
    ]);
    const second = await server.button({ user, guild, message: first, customId: 'sources:1' }).reply();
    expect(titles(second)).toEqual(TITLES.slice(10, 20));
    const last = await server.button({ user, guild, message: second, customId: 'sources:2' }).reply();
    expect(titles(last)).toEqual(TITLES.slice(20));
    expect(description(last)).toContain('(فقرتان · <FSI>2024-05-31<PDI>) <FSI>https://news.example/flood<PDI>');
    expect(description(last)).toMatch(/الإصدار/u);
    expect(buttonsOf(last)).toEqual([
      { label: 'السابقة', id: 'sources:1', off: false },
      { label: 'التالية', id: 'sources:3', off: true },
    ]);
  });

  test('speaks the language of whoever turns them', async () => {
    const { server } = own;
    const [user, guild] = [server.addUser({ username: 'sam' }), server.addGuild({ name: 'News' })];
    await own.records.chooseLanguage(user.id, 'en');
    const first = await server.slash({ user, guild, name: 'sources' }).reply();
    expect(description(first)).toMatch(/^\*\*Reports\*\* \(25\)\n.*\(2 passages\)\n/u);
    const second = await server.button({ user, guild, message: first, customId: 'sources:1' }).reply();
    expect(second.embeds[0]?.footer?.text).toBe('page 2 of 3');
    expect(buttonsOf(second)).toEqual([
      { label: 'Previous', id: 'sources:0', off: false },
      { label: 'Next', id: 'sources:2', off: false },
    ]);
  });
});

describe('the message menus', () => {
  test('"Check against the report" shows what is nearest and judges nothing', async () => {
    const { server, user, guild } = place();
    const channel = server.addTextChannel(guild.id, 'general');
    const { message } = server.userMessage({ user, channel, content: 'انسحبت الميليشيات إلى الأحياء السكنية' });
    const target = { ...message, content: 'انسحبت الميليشيات إلى الأحياء السكنية' };
    const reply = await server.messageCommand({ user, guild, channel, name: 'Check against the report', target }).reply();
    expect(description(reply)).toMatch(/^\*\*أقرب ما في التقرير إلى هذا القول \(دون حكم عليه\):\*\*/u);
    expect(description(reply)).toContain('¶8');
    expect(description(reply).match(/^> /gmu)).toHaveLength(3);
    expect(buttonIds(reply)).toEqual([]);
  });
});

describe('admin commands', () => {
  test.each(['settings', 'unanswered', 'status', 'reindex'])('/%s is for those who manage the server, whatever Discord lets through', async (name) => {
    const { server, user, guild } = place();
    const reply = await server.slash({ user, guild, name, memberPermissions: PermissionFlagsBits.SendMessages }).reply();
    expect(reply.ephemeral).toBe(true);
    expect(reply.content).toContain('هذا الأمر لمن يدير الخادم.');
  });

  test('/settings: privacy by default, channels, language', async () => {
    const { server, user, guild } = place();
    const admin = { user, guild, memberPermissions: ADMIN };
    expect(description(await server.slash({ ...admin, name: 'settings' }).reply())).toMatchInlineSnapshot(`
      "**إعدادات هذا الخادم**
      الإجابات خاصة بالسائل ما لم يطلب غير ذلك: لا
      القنوات المسموح بها: كلها
      لغة البوت حين لا يدل عليها السؤال: لغة التقرير"
    `);
    const allowed = server.addTextChannel(guild.id, 'ask-here');
    const elsewhere = server.addTextChannel(guild.id, 'general');
    const options = { private: true, language: 'en' };
    expect(description(await server.slash({ ...admin, name: 'settings', options }).reply())).toContain(
      'Answers are for the asker alone unless asked otherwise: yes',
    );
    const ask = (more: object) =>
      server.slash({ user, guild, name: 'ask', options: { question: 'من قصف القاعدة؟', ...more }, channel: elsewhere }).acknowledged();
    expect(await ask({})).toMatchObject({ ephemeral: true });
    expect(await ask({ private: false })).toMatchObject({ ephemeral: false });
    await running.bot.records.changeServerSettings(guild.id, { private: false, channels: [allowed.id], language: 'en', channelReports: {} });
    expect(await ask({ private: false })).toMatchObject({ ephemeral: true });
    const mention = server.userMessage({ user, channel: elsewhere, content: `<@${server.bot.id}> Who?`, mentions: [server.bot] });
    expect((await mention.reply()).content).toContain(`Please ask me here: <#${allowed.id}>`);
  });

  test('/unanswered: alike questions together, all of them in a file', async () => {
    const { server, user, guild } = place();
    const admin = { user, guild, memberPermissions: ADMIN };
    expect(description(await server.slash({ ...admin, name: 'unanswered' }).reply())).toContain('لا أسئلة بقيت بلا جواب.');
    for (const question of ['وصفة الكبسة', 'وصفة الكبسه؟', '=HYPERLINK("http://x")'])
      await server.slash({ user, guild, name: 'ask', options: { question } }).reply();
    const reply = await server.slash({ ...admin, name: 'unanswered' }).replyWhere((message) => message.files.length > 0);
    expect(description(reply)).toContain('<FSI>وصفة الكبسه؟<PDI> (مرتان)');
    const csv = Buffer.from(reply.files[0]?.bytes ?? []).toString('utf8');
    expect(csv).toMatch(/^\ufeffasked,status,question,complaints\r\n/u);
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(csv.split('\r\n')).toHaveLength(5);
  });

  test('/status tells how it is doing', async () => {
    const { server, user, guild } = place();
    await server.slash({ user, guild, name: 'ask', options: { question: 'من قصف القاعدة؟' } }).reply();
    const text = description(await server.slash({ user, guild, memberPermissions: ADMIN, name: 'status' }).reply());
    expect(text).toMatch(/الأسئلة: 1/u);
    expect(text).toMatch(/p50 \d+ ms, p95 \d+ ms/u);
    expect(text).toMatch(/\d+ MB/u);
  });

  test('/reindex reads the reports again; meanwhile and after a failure the old ones answer', async () => {
    const seeds = temporaryFolder();
    writeFileSync(join(seeds, 'a.txt'), 'مباراة القمة\n\nفاز فريق الشباب على فريق الأمل بثلاثة أهداف.');
    const other = await openApp(testConfig({ SEEDS_DIR: seeds }));
    const own = await startBot(other);
    const { server } = own;
    const admin = { user: server.addUser({ username: 'admin' }), guild: server.addGuild({ name: 'News' }), memberPermissions: ADMIN };
    const reindex = () => server.slash({ ...admin, name: 'reindex' }).reply();
    expect((await reindex()).content).toContain('لم يتغير شيء: فقرتان.');
    writeFileSync(join(seeds, 'b.txt'), 'أسعار القمح\n\nارتفعت أسعار القمح في الأسواق العالمية.\n\nوتوقع الخبراء انخفاضها.');
    writeFileSync(join(seeds, 'c.txt'), Buffer.from([0xff, 0xfe, 0x00]));
    const reply = await reindex();
    expect(reply.content).toContain('قرأت التقارير من جديد: 5 فقرات.');
    expect(reply.content).toContain('Skipped c.txt: not valid UTF-8');
    expect(description(await server.slash({ ...admin, name: 'search', options: { text: 'أسعار القمح' } }).reply())).toContain('في الأسواق العالمية');
    // A file without text is looked at anew, whatever was found before.
    writeFileSync(join(seeds, 'd.pdf'), 'no PDF');
    expect((await reindex()).content).toContain('Skipped d.pdf: not a PDF file');
    const extracted = join(other.config.indexFolder, 'extracted');
    for (const name of readdirSync(extracted)) if (name.endsWith('.failed')) writeFileSync(join(extracted, name), '{"why":"encrypted"}');
    expect((await reindex()).content).toContain('Skipped d.pdf: not a PDF file');
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.pdf']) rmSync(join(seeds, name));
    expect((await reindex()).content).toContain('No report in');
    expect(description(await server.slash({ ...admin, name: 'search', options: { text: 'أسعار القمح' } }).reply())).toContain('في الأسواق العالمية');
    await own.stop();
    await server.close();
    await other.close();
  });
});

describe('/privacy', () => {
  test('shows and deletes what is kept of whoever asks', async () => {
    const { server, user, guild } = place();
    await server.slash({ user, guild, name: 'ask', options: { question: 'وصفة الكبسة' } }).reply();
    const shown = await server.slash({ user, guild, name: 'privacy' }).reply();
    expect(shown.ephemeral).toBe(true);
    expect(description(shown)).toContain('<FSI>وصفة الكبسة<PDI>');
    const deleted = await server.button({ user, guild, message: shown, customId: 'privacy:delete' }).reply();
    expect(deleted.content).toContain('حذفت كل ما كان محفوظا عنك.');
    expect((await running.bot.records.keptOf(user.id)).questions).toEqual([]);
  });
});

describe('fairness', () => {
  test('more than their share: a person is told when to ask again, others are answered', async () => {
    const own = await startBot(running.app, { fairness: { perUser: 2 } });
    const { server } = own;
    const guild = server.addGuild({ name: 'News' });
    const eager = server.addUser({ username: 'eager' });
    const ask = (user = eager) => server.slash({ user, guild, name: 'ask', options: { question: 'من قصف القاعدة؟' } }).reply();
    await ask();
    await ask();
    expect((await ask()).content).toMatch(/سألت كثيرا في وقت قصير\. اسأل من جديد بعد \d+ ث/u);
    expect((await ask(server.addUser({ username: 'other' }))).embeds).toHaveLength(1);
    const direct = server.userMessage({ user: eager, channel: server.openDm(eager), content: 'Who?' });
    expect((await direct.reply()).content).toMatch(/Please ask again in \d+ s\./u);
    await own.stop();
    await server.close();
  });

  test('too many at once: those for whom there is no room are told so, the others answered', async () => {
    const own = await startBot(running.app, { fairness: { waiting: 3 } });
    const { server } = own;
    const guild = server.addGuild({ name: 'News' });
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        server.slash({ user: server.addUser({ username: `u${i}` }), guild, name: 'ask', options: { question: 'من قصف القاعدة؟' } }).reply(),
      ),
    );
    const answered = replies.filter(({ embeds }) => embeds.length > 0).length;
    expect(answered).toBeGreaterThanOrEqual(3);
    expect(answered).toBeLessThan(12);
    for (const reply of replies.filter(({ embeds }) => embeds.length === 0)) expect(reply.content).toMatch(/الأسئلة كثيرة الآن/u);
    await own.stop();
    await server.close();
  });
});

describe('Arabic command names', () => {
  test('are there when they are switched on, and do the same', async () => {
    const own = await startBot(running.app, { arabic: true });
    const { server } = own;
    const user = server.addUser({ username: 'salma' });
    const guild = server.addGuild({ name: 'News' });
    const reply = await server.slash({ user, guild, name: 'اسأل', options: { question: 'ماذا قال البيت الأبيض عن قرار بايدن؟' } }).reply();
    expect(description(reply)).toContain('¶10');
    await own.stop();
    await server.close();
  });
});
