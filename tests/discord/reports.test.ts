import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type APIMessage, type APIUser, ComponentType, PermissionFlagsBits } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { documentKey } from '../../src/discord/render.ts';
import { ARABIC, pdfOf } from '../fixtures/formats.ts';
import { temporaryFolder, testConfig } from '../support/app.ts';
import { botForEachTest, marksShown, startBot, type TestBot } from '../support/bot.ts';
import type { OptionValues, ServerGuild, UploadedFile } from '../support/discord-server.ts';

const ADMIN = PermissionFlagsBits.ManageGuild;
const HOSPITAL = `خطة بناء مستشفى النور
 
خصصت البلدية أربعة وسبعين مليون ليرة لبناء المستشفى في حي الزيتون.

ويشرف المهندس سامر الخطيب على البناء، الذي يبدأ في نيسان.

ويتسع المستشفى لمئتي سرير وثماني غرف عمليات.
`;
const QUESTION = 'كم خصصت البلدية لبناء المستشفى؟';
/** Words that only the hospital's report has. */
const SECRET = /النور|الزيتون|الخطيب|سبعين|نيسان|سرير/u;

const running = botForEachTest();

const fileOf = (name: string, text: string | Uint8Array): UploadedFile => ({
  name,
  contentType: 'application/octet-stream',
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
});
const shown = (message: APIMessage) => marksShown([message.content, message.embeds[0]?.description].join('\n'));
const buttons = (message: APIMessage) =>
  (message.components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((c) => (c.type === ComponentType.Button && 'custom_id' in c ? [{ label: c.label ?? '', customId: c.custom_id }] : []))
      : [],
  );
const customId = (message: APIMessage, label: string) => {
  const button = buttons(message).find((one) => one.label === label);
  if (!button) throw new Error(`no button ${label}`);
  return button.customId;
};

/** A server and somebody who manages it. */
function serverOf(bot: TestBot, name: string) {
  const { server } = bot;
  const guild = server.addGuild({ name });
  const admin = server.addUser({ username: `manages-${name.toLowerCase()}` });
  const as = { user: admin, guild, memberPermissions: ADMIN };
  const report = (subcommand: string, options: OptionValues = {}) => server.slash({ ...as, name: 'report', subcommand, options });
  const press = (message: APIMessage, label: string) => server.button({ ...as, message, customId: customId(message, label) });
  return {
    guild,
    admin,
    as,
    report,
    press,
    /** Adds a report and confirms it. */
    async add(name: string, text: string | Uint8Array) {
      const proposed = await report('add', { file: fileOf(name, text) }).reply();
      return press(proposed, 'أضفه').edit();
    },
    ask: (question: string, options: OptionValues = {}) => server.slash({ ...as, name: 'ask', options: { question, ...options } }).reply(),
  };
}

const keyOf = (name: string) => documentKey({ id: `own/${name}` });

describe('/report add', () => {
  test('reads a file, shows what it read, and answers from it once that is confirmed', async () => {
    const news = serverOf(running.bot, 'News');
    const proposed = await news.report('add', { file: fileOf('hospital.txt', HOSPITAL) }).reply();
    expect(proposed.ephemeral).toBe(true);
    expect(shown(proposed)).toContain('قرأت 4 فقرات');
    expect(shown(proposed)).toContain('خصصت البلدية أربعة وسبعين مليون');
    // Not before.
    expect(shown(await news.ask(QUESTION))).not.toMatch(SECRET);
    const added = await news.press(proposed, 'أضفه').edit();
    expect(shown(added)).toContain('صرت أجيب في هذا الخادم من');
    const answer = await news.ask(QUESTION);
    expect(shown(answer)).toContain('خصصت البلدية');
    expect(shown(answer)).toMatch(/\[1\] ¶1 · .*خطة بناء مستشفى النور/u);
    // The common report answers too.
    expect(shown(await news.ask('ماذا قال البيت الأبيض عن قرار بايدن؟'))).toContain('وقال البيت الأبيض');
    expect(shown(await running.bot.server.slash({ ...news.as, name: 'sources' }).reply())).toContain('خاص بهذا الخادم');
  });

  test('takes other formats, with their pages', async () => {
    const news = serverOf(running.bot, 'News');
    await news.add('fire.pdf', await pdfOf(ARABIC, true));
    expect(shown(await news.ask('من قال إن سبب الحريق تماس كهربائي؟'))).toMatch(/¶2 · ص 1/u);
  });

  test('takes a text from a form', async () => {
    const news = serverOf(running.bot, 'News');
    const form = await news.report('add').modal();
    const [title = '', ...text] = HOSPITAL.split('\n');
    const fields = { title, text: text.join('\n') };
    const proposed = await running.bot.server.modalSubmit({ ...news.as, customId: form.custom_id, fields }).reply();
    await news.press(proposed, 'أضفه').edit();
    expect(shown(await news.ask(QUESTION))).toContain('أربعة وسبعين مليون');
  });

  test('cancelled, nothing is added, and its button works no more', async () => {
    const news = serverOf(running.bot, 'News');
    const proposed = await news.report('add', { file: fileOf('hospital.txt', HOSPITAL) }).reply();
    expect(shown(await news.press(proposed, 'إلغاء').edit())).toContain('لم أضف شيئا');
    const late = running.bot.server.forgedButton({ ...news.as, message: proposed, customId: customId(proposed, 'أضفه') });
    expect(shown(await late.edit())).toContain('انتهت صلاحية هذا الطلب');
    expect(shown(await news.ask(QUESTION))).not.toMatch(SECRET);
  });

  test('expires after a day', async () => {
    const news = serverOf(running.bot, 'News');
    const proposed = await news.report('add', { file: fileOf('hospital.txt', HOSPITAL) }).reply();
    running.bot.pass(25 * 3_600_000);
    expect(shown(await news.press(proposed, 'أضفه').edit())).toContain('انتهت صلاحية هذا الطلب');
  });

  test.each([
    ['a.exe', 'MZ', /تعذرت قراءة الملف: .*ليس من الصيغ المعروفة: \.txt/u],
    ['a.pdf', '%PDF-1.7\nnothing', /تعذرت قراءة الملف: .*(?:قد يكون تالفًا|لا نص فيه)/u],
    ['a.docx', 'no zip', /تعذرت قراءة الملف: .*ليس ملف DOCX/u],
    ['a.txt', Buffer.from([0xff, 0xfe, 0x41, 0xd8]), /تعذرت قراءة الملف: .*احفظه بترميز UTF-8/u],
    ['a.txt', '   \n\n ', /لم أجد فيه نص تقرير/u],
    ['a.txt', 'س'.repeat(5 * 2 ** 20), /أكبر من 8 ميغابايت/u],
  ])('says why it does not take %s', async (name, content, why) => {
    const news = serverOf(running.bot, 'News');
    const refused = await news.report('add', { file: fileOf(name, content) }).reply();
    expect(shown(refused)).toMatch(why);
    expect(buttons(refused)).toEqual([]);
  });

  test('knows what is there already, a new file of the same name, and another version', async () => {
    const news = serverOf(running.bot, 'News');
    await news.add('hospital.txt', HOSPITAL);
    expect(shown(await news.report('add', { file: fileOf('again.txt', HOSPITAL) }).reply())).toContain('هذا النص موجود من قبل');
    const changed = HOSPITAL.replace('أربعة وسبعين', 'ثلاثة وتسعين');
    const sameName = await news.report('add', { file: fileOf('hospital.txt', changed) }).reply();
    expect(shown(sameName)).toContain('سيحل محل');
    await news.press(sameName, 'أضفه').edit();
    expect(shown(await news.ask(QUESTION))).toContain('ثلاثة وتسعين');
    const version = await news.report('add', { file: fileOf('second.txt', HOSPITAL) }).reply();
    expect(shown(version)).toContain('يبدو نسخة أخرى من');
    await news.press(version, 'ضعه مكانه').edit();
    const answer = shown(await news.ask(QUESTION));
    expect(answer).toContain('أربعة وسبعين');
    expect(answer).not.toContain('ثلاثة وتسعين');
  });

  test('has room for so many reports', async () => {
    const app = await openApp(testConfig({ SERVER_REPORTS: '1' }));
    const bot = await startBot(app);
    try {
      const news = serverOf(bot, 'News');
      const [first, second] = [
        await news.report('add', { file: fileOf('hospital.txt', HOSPITAL) }).reply(),
        await news.report('add', { file: fileOf('fire.pdf', await pdfOf(ARABIC, true)) }).reply(),
      ];
      await news.press(first, 'أضفه').edit();
      expect(shown(await news.press(second, 'أضفه').edit())).toContain('ولا مكان لغيرها');
      expect(shown(await news.report('add', { file: fileOf('other.txt', 'عنوان\n\nنص آخر طويل.') }).reply())).toContain('ولا مكان لغيرها');
    } finally {
      await bot.stop();
      await bot.server.close();
      await app.close();
    }
  });

  test('lasts: a bot started anew answers from it', async () => {
    const folder = temporaryFolder();
    const first = await startBot(running.app, { folder });
    const news = serverOf(first, 'News');
    await news.add('hospital.txt', HOSPITAL);
    await first.stop();
    const second = await startBot(running.app, { folder, server: first.server });
    try {
      expect(shown(await second.server.slash({ ...news.as, name: 'ask', options: { question: QUESTION } }).reply())).toContain('أربعة وسبعين مليون');
    } finally {
      await second.stop();
      await second.server.close();
    }
  });
});

describe('/report remove', () => {
  test("takes one of the server's own away, from the disk too; the common report can't be", async () => {
    const news = serverOf(running.bot, 'News');
    await news.add('hospital.txt', HOSPITAL);
    const offered = await running.bot.server
      .autocomplete({ ...news.as, name: 'report', subcommand: 'remove', options: { report: '' }, focused: 'report' })
      .choices();
    expect(offered.map(({ value }) => value)).toEqual([keyOf('hospital.txt')]);
    const common = documentKey({ id: running.app.opened.index.documents[0]?.id ?? '' });
    expect(shown(await news.report('remove', { report: common }).reply())).toContain('ليس هذا من تقارير هذا الخادم');
    expect(shown(await news.report('remove', { report: keyOf('hospital.txt') }).reply())).toMatch(/حذفت .*مستشفى النور/u);
    expect(shown(await news.ask(QUESTION))).not.toMatch(SECRET);
    expect(existsSync(join(running.app.config.indexFolder, 'servers', news.guild.id))).toBe(false);
  });
});

describe('one report of several', () => {
  test('is asked by option; an answer says which one was asked where it does not say', async () => {
    const news = serverOf(running.bot, 'News');
    await news.add('hospital.txt', HOSPITAL);
    const offered = await running.bot.server.autocomplete({ ...news.as, name: 'ask', options: { question: 'q', report: '' }, focused: 'report' }).choices();
    expect(offered.map(({ value }) => value)).toEqual(['all', keyOf('hospital.txt'), documentKey({ id: running.app.opened.index.documents[0]?.id ?? '' })]);
    const [, , seed = ''] = offered.map(({ value }) => String(value));
    const elsewhere = shown(await news.ask(QUESTION, { report: seed }));
    expect(elsewhere).not.toMatch(/أربعة وسبعين|مستشفى/u);
    expect(elsewhere).toMatch(/بحثت في .*دير الزور.* وحده/u);
    expect(shown(await news.ask(QUESTION, { report: keyOf('hospital.txt') }))).toContain('أربعة وسبعين');
    expect(shown(await news.ask(QUESTION, { report: 'no such report' }))).toContain('لا يوجد تقرير بهذا الاسم');
    // Its buttons ask the same one again.
    const answer = await news.ask('من يشرف على البناء؟', { report: keyOf('hospital.txt') });
    const more = shown(await news.press(answer, 'مقاطع أخرى').reply());
    expect(more.match(/¶\d|العنوان/gu)).toHaveLength(4);
    expect(more).not.toContain('دير الزور');
  });

  test("a channel's report is what questions there are about, and in its threads, unless they name another", async () => {
    const news = serverOf(running.bot, 'News');
    const { server } = running.bot;
    await news.add('hospital.txt', HOSPITAL);
    const [about, general] = [server.addTextChannel(news.guild.id, 'hospital'), server.addTextChannel(news.guild.id, 'general')];
    const set = (options: OptionValues) => server.slash({ ...news.as, channel: about, name: 'report', subcommand: 'channel', options }).reply();
    expect(shown(await set({ report: keyOf('hospital.txt') }))).toMatch(/صارت عن .*مستشفى النور/u);
    const question = 'ماذا قال البيت الأبيض عن قرار بايدن؟';
    const ask = (channel: typeof about, options: OptionValues = {}) =>
      server.slash({ ...news.as, channel, name: 'ask', options: { question, ...options } }).reply();
    expect(shown(await ask(about))).not.toContain('وقال البيت الأبيض');
    expect(shown(await ask(general))).toContain('وقال البيت الأبيض');
    expect(shown(await ask(about, { report: 'all' }))).toContain('وقال البيت الأبيض');
    const mention = server.userMessage({ user: news.admin, channel: about, content: `<@${server.bot.id}> ${question}`, mentions: [server.bot] });
    expect(shown(await mention.reply())).not.toContain('وقال البيت الأبيض');
    expect(shown(await server.slash({ ...news.as, channel: about, name: 'summary' }).reply())).toContain('خصصت البلدية');
    await set({});
    expect(shown(await ask(about))).toContain('وقال البيت الأبيض');
  });
});

describe("one server's reports are never seen from another", () => {
  /** One server with a report of its own, one without; and what somebody who manages the second gets to see there. */
  async function attacked() {
    const { server } = running.bot;
    const [news, other] = [serverOf(running.bot, 'News'), serverOf(running.bot, 'Other')];
    await news.add('hospital.txt', HOSPITAL);
    const answer = await news.ask(QUESTION);
    const [, id = ''] = /^answer:([\w-]+):/u.exec(customId(answer, '👍')) ?? [];
    const search = await server.slash({ ...news.as, name: 'search', options: { text: 'البناء' } }).reply();
    const [, searched = ''] = /^search:([\w-]+):/u.exec(buttons(search)[0]?.customId ?? '') ?? [];
    const proposed = await news.report('add', { file: fileOf('plan.txt', `${HOSPITAL}\nويسع المرآب مئة سيارة.`) }).reply();
    const [, , proposal = ''] = customId(proposed, 'أضفه إلى جانبه').split(':');
    const message = await other.ask('من قصف القاعدة؟');
    return { server, news, other, id, searched, proposal, message };
  }

  test('by asking, searching, naming or completing it, in messages, menus or private', async () => {
    const { server, news, other } = await attacked();
    const key = keyOf('hospital.txt');
    const title = 'خطة بناء مستشفى النور';
    const slash = (name: string, options: OptionValues) => server.slash({ ...other.as, name, options }).reply();
    const channel = server.addTextChannel(other.guild.id, 'general');
    const seen = [
      await other.ask(QUESTION),
      await other.ask(QUESTION, { report: key }),
      await other.ask(QUESTION, { report: title }),
      await other.ask(QUESTION, { report: 'all' }),
      await slash('search', { text: QUESTION }),
      await slash('search', { text: QUESTION, report: key }),
      await slash('passage', { number: 1, report: key }),
      await slash('passage', { number: 1, report: title }),
      await slash('summary', { report: key }),
      await slash('sources', {}),
      await slash('status', {}),
      await slash('unanswered', {}),
      await slash('reindex', {}),
      await other.report('remove', { report: key }).reply(),
      await other.report('channel', { report: key }).reply(),
      await server.userMessage({ user: other.admin, channel, content: `<@${server.bot.id}> ${QUESTION}`, mentions: [server.bot] }).reply(),
      await server.userMessage({ user: other.admin, channel: server.openDm(other.admin), content: QUESTION }).reply(),
      // Somebody who may see it asks where it is not to be seen.
      await server.userMessage({ user: news.admin, channel: server.openDm(news.admin), content: QUESTION }).reply(),
      await server.slash({ ...other.as, user: news.admin, name: 'ask', options: { question: QUESTION } }).reply(),
      await server.slash({ ...other.as, user: news.admin, name: 'ask', options: { question: 'ومن يشرف عليه؟' } }).reply(),
    ];
    const target = { ...server.userMessage({ user: other.admin, channel, content: 'x' }).message, content: QUESTION };
    for (const name of ['Ask the report', 'Check against the report']) seen.push(await server.messageCommand({ ...other.as, channel, name, target }).reply());
    for (const message of seen) expect(JSON.stringify(message)).not.toMatch(SECRET);
    for (const [name, subcommand] of [['ask'], ['search'], ['passage'], ['summary'], ['report', 'remove'], ['report', 'channel']] as const) {
      for (const typed of ['', title]) {
        const options = { ...(name === 'passage' && { number: 1 }), report: typed };
        const choices = await server.autocomplete({ ...other.as, name, subcommand, options, focused: 'report' }).choices();
        expect(JSON.stringify(choices)).not.toMatch(SECRET);
      }
    }
    const numbers = await server.autocomplete({ ...other.as, name: 'passage', options: { report: key, number: '' }, focused: 'number' }).choices();
    expect(numbers).toEqual([]);
    expect(shown(await news.ask(QUESTION))).toContain('أربعة وسبعين');
  });

  test('by forged buttons and forms', async () => {
    const { server, news, other, id, searched, proposal, message } = await attacked();
    const press = (forged: string, by: APIUser = other.admin) => server.forgedButton({ ...other.as, user: by, message, customId: forged }).reply();
    const forged = [
      ...['context', 'more', 'more:1', 'translation', 'image', 'good', 'bad', 'followUp'].map((action) => `answer:${id}:${action}`),
      `search:${searched}:0`,
      `passage:${keyOf('hospital.txt')}:1`,
    ];
    for (const customId of forged) {
      for (const by of [other.admin, news.admin]) {
        const reply = await press(customId, by);
        expect(reply.files).toEqual([]);
        expect(JSON.stringify(reply)).not.toMatch(SECRET);
      }
    }
    expect((await running.bot.records.keptOf(other.admin.id)).votes).toEqual([]);
    const form = server.modalSubmit({ ...other.as, customId: `answer:${id}:followUp`, fields: { text: 'ومن يشرف عليه؟' }, message });
    expect(JSON.stringify(await form.reply())).not.toMatch(SECRET);
    // A report that waits to be confirmed is taken neither here nor away from there.
    for (const action of ['cancel', 'add']) {
      const reply = await server.forgedButton({ ...other.as, message, customId: `report:${action}:${proposal}` }).edit();
      expect(JSON.stringify(reply)).not.toMatch(SECRET);
    }
    expect(await running.bot.records.serverReports(other.guild.id)).toEqual([]);
    expect(await running.bot.records.proposedReport(news.guild.id, proposal)).toBeDefined();
    expect(await running.bot.records.serverReports(news.guild.id)).toHaveLength(1);
  });

  test('by a report of the same name, or by removing it', async () => {
    const { news, other } = await attacked();
    await other.add('hospital.txt', 'خطة بناء مدرسة الوادي\n\nخصصت البلدية تسعة ملايين ليرة لبناء المدرسة.\n\nوتتسع لمئة تلميذ.');
    const theirs = shown(await other.ask('كم خصصت البلدية؟'));
    expect(theirs).toContain('تسعة ملايين');
    expect(theirs).not.toMatch(SECRET);
    expect(shown(await news.ask(QUESTION))).not.toContain('تسعة ملايين');
    await other.report('remove', { report: keyOf('hospital.txt') }).reply();
    expect(shown(await news.ask(QUESTION))).toContain('أربعة وسبعين');
  });

  test('only those who manage a server add to it, whatever is forged', async () => {
    const { server, news, proposal, message } = await attacked();
    const member = { user: server.addUser({ username: 'member' }), guild: news.guild, memberPermissions: PermissionFlagsBits.SendMessages };
    const tried = [
      server.slash({ ...member, name: 'report', subcommand: 'add', options: { file: fileOf('x.txt', HOSPITAL) } }),
      server.slash({ ...member, name: 'report', subcommand: 'remove', options: { report: keyOf('hospital.txt') } }),
      server.slash({ ...member, name: 'report', subcommand: 'channel' }),
      server.forgedButton({ ...member, message, customId: `report:add:${proposal}` }),
      server.modalSubmit({ ...member, customId: 'report:text', fields: { title: 'عنوان', text: 'نص' }, message }),
    ];
    for (const interaction of tried) expect((await interaction.reply()).content).toContain('هذا الأمر لمن يدير الخادم');
    expect(await running.bot.records.serverReports(news.guild.id)).toHaveLength(1);
  });

  test('a server that the bot is removed from leaves nothing behind', async () => {
    const { server, news, proposal } = await attacked();
    const folder = (guild: ServerGuild) => join(running.app.config.indexFolder, 'servers', guild.id);
    expect(existsSync(folder(news.guild))).toBe(true);
    server.removeGuild(news.guild);
    await expect.poll(() => existsSync(folder(news.guild))).toBe(false);
    expect(await running.bot.records.serverReports(news.guild.id)).toEqual([]);
    expect(await running.bot.records.proposedReport(news.guild.id, proposal)).toBeUndefined();
  });
});
