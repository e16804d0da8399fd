import { type APIMessage, ComponentType } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/app.ts';
import { botForEachTest, startBot } from '../support/bot.ts';

const DAY = 24 * 3_600_000;
const PNG = [0x89, 0x50, 0x4e, 0x47];
const ARABIC = 'ماذا قال البيت الأبيض عن قرار بايدن؟';
const ENGLISH = "Was Biden's decision legal?";

const running = botForEachTest();

interface Button {
  readonly label: string;
  readonly customId: string;
  readonly disabled: boolean;
}

function buttonsOf(message: APIMessage): Button[] {
  return (message.components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((c) =>
          c.type === ComponentType.Button && 'custom_id' in c ? [{ label: c.label ?? '', customId: c.custom_id, disabled: c.disabled ?? false }] : [],
        )
      : [],
  );
}
const customId = (message: APIMessage, label: string) => {
  const button = buttonsOf(message).find((b) => b.label === label);
  if (!button) throw new Error(`no button ${label}`);
  return button.customId;
};
const description = (message: APIMessage) => message.embeds[0]?.description ?? message.content;

/** Asks in a server and presses a button under the answer. */
async function asked(question: string, options: { readonly private?: boolean } = {}) {
  const { server } = running.bot;
  const user = server.addUser({ username: 'salma' });
  const guild = server.addGuild({ name: 'News' });
  const answer = await server.slash({ user, guild, name: 'ask', options: { question, ...options } }).reply();
  const press = (label: string, by = user, message: APIMessage = answer) => server.button({ user: by, guild, message, customId: customId(message, label) });
  return { server, user, guild, answer, press };
}

describe('buttons under an answer', () => {
  test('are in the language of the question; a translation is offered to those who do not see it yet', async () => {
    const arabic = await asked(ARABIC);
    expect(buttonsOf(arabic.answer).map((b) => b.label)).toEqual(['السياق', 'مقاطع أخرى', 'الترجمة', 'سؤال متابعة', 'شارك صورة', '👍', '👎']);
    const english = await asked(ENGLISH);
    expect(buttonsOf(english.answer).map((b) => b.label)).toEqual(['Context', 'More passages', 'Follow up', 'Share as image', '👍', '👎']);
  });

  test('Context: the paragraph in its place, the quote bold, for whoever pressed alone; its neighbours by button', async () => {
    const { press, user } = await asked(ARABIC);
    const context = await press('السياق').reply();
    expect(context.ephemeral).toBe(true);
    expect(description(context)).toMatch(/^\*\*وقال البيت الأبيض، .*طرف سيئ\.\*\*$/u);
    expect(context.embeds[0]?.footer?.text).toContain('¶10 / 13');
    const next = await press('التالية', user, context).reply();
    expect(description(next)).toMatch(/أفصح المتحدث باسم البنتاغون/u);
  });

  test('More: the next best passages with bars, page by page', async () => {
    const { press, user } = await asked(ARABIC);
    const first = await press('مقاطع أخرى').reply();
    expect(first.ephemeral).toBe(true);
    expect(description(first).match(/▰|▱/gu)).toHaveLength(50);
    expect(description(first)).toContain('▰▰▰▰▰▰▰▰▰▰');
    expect(first.embeds[0]?.footer?.text).toContain('صفحة 1 من 3');
    expect(buttonsOf(first)).toMatchObject([
      { label: 'السابقة', disabled: true },
      { label: 'التالية', disabled: false },
    ]);
    const second = await press('التالية', user, first).edit();
    expect(second.embeds[0]?.footer?.text).toContain('صفحة 2 من 3');
    expect(description(second)).not.toBe(description(first));
  });

  test('Translation: the English of what is cited', async () => {
    const { press } = await asked(ARABIC);
    expect(description(await press('الترجمة').reply())).toContain('The White House said earlier on Monday');
  });

  test('Follow up: a form, whose question is read in the light of the earlier one', async () => {
    const { press, server, user, guild, answer } = await asked(ENGLISH);
    const form = await press('Follow up').modal();
    expect(form.title).toBe('Follow up');
    const next = server.modalSubmit({ user, guild, customId: form.custom_id, fields: { text: 'and why?' }, message: answer });
    expect(description(await next.reply())).toContain('¶10');
    expect((await next.acknowledged()).ephemeral).toBe(false);
  });

  test('a follow-up to a private answer is private', async () => {
    const { press, server, user, guild, answer } = await asked(ENGLISH, { private: true });
    const form = await press('Follow up').modal();
    const next = server.modalSubmit({ user, guild, customId: form.custom_id, fields: { text: 'and why?' }, message: answer });
    expect((await next.acknowledged()).ephemeral).toBe(true);
  });

  test('👍 is noted; 👎 asks why, and is noted even if no reason is given', async () => {
    const { press, server, user, guild, answer } = await asked(ARABIC);
    expect((await press('👍').reply()).content).toContain('شكرا، سجلت رأيك.');
    const form = await press('👎').modal();
    expect(form.title).toBe('ما الذي لم يعجبك؟');
    expect((await running.bot.records.keptOf(user.id)).votes).toMatchObject([{ good: false, reason: '' }]);
    await server.modalSubmit({ user, guild, customId: form.custom_id, fields: { text: 'الفقرة غير صحيحة' }, message: answer }).reply();
    expect((await running.bot.records.keptOf(user.id)).votes).toMatchObject([{ good: false, reason: 'الفقرة غير صحيحة' }]);
    expect(await running.bot.records.openQuestions(guild.id)).toMatchObject([{ question: ARABIC, complaints: ['الفقرة غير صحيحة'] }]);
  });

  test('Share as image: a picture for all to see, its quote as the text beside it; only for whoever asked', async () => {
    const { press, server } = await asked(ARABIC);
    const shared = press('شارك صورة');
    const { files, ephemeral, attachments } = await shared.replyWhere((message) => message.files.length > 0);
    expect(ephemeral).toBe(false);
    expect([...(files[0]?.bytes.subarray(0, 4) ?? [])]).toEqual(PNG);
    expect(attachments[0]?.description).toMatch(/^وقال البيت الأبيض/u);
    const refusal = await press('شارك صورة', server.addUser({ username: 'other' })).reply();
    expect(refusal.ephemeral).toBe(true);
    expect(refusal.content).toContain('هذا الزر لمن سأل');
  });

  test('anybody may press the others, and sees what they show alone', async () => {
    const { press, server } = await asked(ARABIC);
    const other = server.addUser({ username: 'other' });
    expect((await press('السياق', other).reply()).ephemeral).toBe(true);
    await press('👍', other).reply();
    expect((await running.bot.records.keptOf(other.id)).votes).toHaveLength(1);
  });

  test('forged ids change nothing that others see, and show nothing of others', async () => {
    const { server, user, guild, answer } = await asked(ARABIC);
    const mallory = server.addUser({ username: 'mallory' });
    const [, id = ''] = /^answer:([\w-]+):/u.exec(customId(answer, '👍')) ?? [];
    const before = await running.bot.records.keptOf(user.id);
    const forge = (forged: string) => server.forgedButton({ user: mallory, guild, message: answer, customId: forged });
    // A page of more passages is turned in place only where one person sees it.
    expect((await forge(`answer:${id}:more:1`).reply()).ephemeral).toBe(true);
    expect((await forge(`answer:${id}:image`).reply()).content).toContain('هذا الزر لمن سأل');
    for (const forged of [`answer:${id}:forget`, 'answer:../../etc/passwd:context', `answer:${user.id}:context`, 'answer:', "answer:' OR 1=1 --:more"]) {
      expect((await forge(forged).reply()).content).toContain('انتهت صلاحية هذه الأزرار');
    }
    const form = server.modalSubmit({ user: mallory, guild, customId: `answer:${id}:good`, fields: { text: 'x' }, message: answer });
    expect((await form.reply()).content).toContain('انتهت');
    expect(await running.bot.records.keptOf(user.id)).toEqual(before);
    expect((await running.bot.records.keptOf(mallory.id)).votes).toEqual([]);
  });

  test('expire politely after a day, as do forms left open', async () => {
    const { press, server, user, guild, answer } = await asked(ARABIC);
    const form = await press('سؤال متابعة').modal();
    running.bot.pass(DAY + 1000);
    for (const label of ['السياق', 'مقاطع أخرى', '👍', 'شارك صورة']) {
      const reply = await press(label).reply();
      expect(reply.ephemeral).toBe(true);
      expect(reply.content).toContain('انتهت صلاحية هذه الأزرار');
    }
    expect((await server.modalSubmit({ user, guild, customId: form.custom_id, fields: { text: 'ولماذا؟' }, message: answer }).reply()).content).toContain(
      'انتهت',
    );
  });

  test('work after a restart', async () => {
    const folder = temporaryFolder();
    const before = await startBot(running.app, { folder });
    const { server } = before;
    const user = server.addUser({ username: 'salma' });
    const guild = server.addGuild({ name: 'News' });
    const answer = await server.slash({ user, guild, name: 'ask', options: { question: ARABIC } }).reply();
    await before.stop();
    const after = await startBot(running.app, { folder, server });
    const context = await server.button({ user, guild, message: answer, customId: customId(answer, 'السياق') }).reply();
    expect(description(context)).toContain('**وقال البيت الأبيض');
    await after.stop();
    await server.close();
  });

  test('where the report is silent there are still passages to look at', async () => {
    const { answer, press } = await asked('وصفة الكبسة');
    expect(buttonsOf(answer).map((b) => b.label)).toEqual(['مقاطع أخرى', 'سؤال متابعة', '👍', '👎']);
    expect(description(await press('مقاطع أخرى').reply())).toContain('▰');
  });
});
