/** What each command says, whole, in both languages: to be read and judged. Rankings are not in it, as near ties differ between processors. */
import { type APIMessage, ComponentType, PermissionFlagsBits } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { botForAllTests, marksShown, startBot } from '../support/bot.ts';

const ADMIN = PermissionFlagsBits.ManageGuild;

const running = botForAllTests();

/** Content, title, description, footer, and the labels of the buttons, one row a line. Digits that change are `#`. */
function rendered(message: APIMessage): string {
  const [embed] = message.embeds;
  const rows = (message.components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow ? [row.components.map((c) => ('label' in c ? `[${c.label}]` : '')).join(' ')] : [],
  );
  const text = [message.content, embed?.title, embed?.description, embed?.footer?.text, ...rows].filter((part) => part !== undefined && part !== '').join('\n');
  return marksShown(text).replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC|\d+ MB|p50 \d+ ms, p95 \d+ ms/gu, (text) => text.replace(/\d+/gu, '#'));
}

function inLanguage(language: 'ar' | 'en') {
  const { server } = running.bot;
  const user = server.addUser({ username: `reads-${language}` });
  const guild = server.addGuild({ name: 'News' });
  const chosen = running.bot.records.chooseLanguage(user.id, language);
  return async (name: string, options: Record<string, string | number | boolean> = {}) => {
    await chosen;
    return rendered(await server.slash({ user, guild, name, options, memberPermissions: ADMIN }).reply());
  };
}

describe('in Arabic', () => {
  test('/help', async () =>
    expect(await inLanguage('ar')('help')).toMatchInlineSnapshot(`
      "اسألني عما جاء في التقرير، وسأجيب باقتباس حرفي منه مع رقم الفقرة. إن لم يذكر التقرير الجواب قلت ذلك.
      في القنوات اذكرني مع سؤالك، أو اذكرني ردا على رسالة لأجيب عنها. وفي الرسائل الخاصة اكتب سؤالك مباشرة.

      <RLM>• <FSI>\`/ask\`<PDI> <FSI>اسأل عما جاء في التقرير<PDI>
      <RLM>• <FSI>\`/search\`<PDI> <FSI>ابحث في التقرير<PDI>
      <RLM>• <FSI>\`/passage\`<PDI> <FSI>اعرض فقرة من التقرير<PDI>
      <RLM>• <FSI>\`/summary\`<PDI> <FSI>أهم جمل التقرير بنصها<PDI>
      <RLM>• <FSI>\`/sources\`<PDI> <FSI>التقارير التي أجيب منها<PDI>
      <RLM>• <FSI>\`/help\`<PDI> <FSI>كيف تسأل<PDI>
      <RLM>• <FSI>\`/privacy\`<PDI> <FSI>المحفوظ عنك وحذفه<PDI>

      **لمن يدير الخادم:**
      <RLM>• <FSI>\`/settings\`<PDI> <FSI>إعدادات هذا الخادم<PDI>
      <RLM>• <FSI>\`/unanswered\`<PDI> <FSI>أسئلة بقيت بلا جواب<PDI>
      <RLM>• <FSI>\`/status\`<PDI> <FSI>حالة البوت<PDI>
      <RLM>• <FSI>\`/report\`<PDI> <FSI>تقارير هذا الخادم<PDI>
      <RLM>• <FSI>\`/reindex\`<PDI> <FSI>اقرأ التقارير من جديد<PDI>
      [العربية] [English]"
    `));
  test('/sources', async () =>
    expect(await inLanguage('ar')('sources')).toMatchInlineSnapshot(`
    "**التقارير** (1)
    <RLM>• <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI> (14 فقرة · مع ترجمة إنجليزية غير رسمية)

    النموذج: <FSI>multilingual-e5-small-ar-en<PDI>
    الفهرس: <FSI>#-#-# #:# UTC<PDI>
    الإصدار: <FSI>Isnad 0.1.0<PDI>"
  `));
  test('/passage', async () =>
    expect(await inLanguage('ar')('passage', { number: 9 })).toMatchInlineSnapshot(`
    "مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية
    فيما أكدت وسائل إعلام أخرى أن طائرات مسيرة استهدفت مواقع للحرس الثوري في المنطقة.
    <RLM>¶9 / 13
    [السابقة] [التالية]"
  `));
  test('/ask what the report does not say', async () =>
    expect(await inLanguage('ar')('ask', { question: 'وصفة الكبسة' })).toMatchInlineSnapshot(`
    "وصفة الكبسة
    **لا يذكر التقرير هذا.**
    [مقاطع أخرى] [سؤال متابعة]
    [👍] [👎]"
  `));
  test('/ask for the headline', async () =>
    expect(await inLanguage('ar')('ask', { question: 'ما عنوان التقرير؟' })).toMatchInlineSnapshot(`
    "ما عنوان التقرير؟
    **من التقرير:**

    > مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية
    <RLM>[1] العنوان · <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI>
    الثقة 100%
    [السياق] [مقاطع أخرى] [الترجمة] [سؤال متابعة] [شارك صورة]
    [👍] [👎]"
  `));
  test('/ask nothing', async () =>
    expect(await inLanguage('ar')('ask', { question: '؟!' })).toMatchInlineSnapshot(
      `"لم أجد سؤالا في رسالتك. اسأل عما جاء في التقرير، مثل: من استهدف القاعدة؟"`,
    ));
  test('/settings', async () =>
    expect(await inLanguage('ar')('settings')).toMatchInlineSnapshot(`
    "**إعدادات هذا الخادم**
    الإجابات خاصة بالسائل ما لم يطلب غير ذلك: لا
    القنوات المسموح بها: كلها
    لغة البوت حين لا يدل عليها السؤال: لغة التقرير"
  `));
  test('/unanswered', async () => {
    const say = inLanguage('ar');
    for (const question of ['وصفة الكبسة', 'وصفة الكبسه؟', 'كيف أتعلم العزف']) await say('ask', { question });
    expect(await say('unanswered')).toMatchInlineSnapshot(`
      "**أسئلة بقيت بلا جواب أو لم ترض إجابتها (3):**
      <RLM>• <FSI>وصفة الكبسه؟<PDI> (مرتان)
      <RLM>• <FSI>كيف أتعلم العزف<PDI> (مرة واحدة)"
    `);
  });
  test('/status', async () => {
    const own = await startBot(running.app);
    const { server } = own;
    const user = server.addUser({ username: 'admin' });
    const guild = server.addGuild({ name: 'News' });
    await server.slash({ user, guild, name: 'ask', options: { question: 'وصفة الكبسة' } }).reply();
    expect(rendered(await server.slash({ user, guild, name: 'status', memberPermissions: ADMIN }).reply())).toMatchInlineSnapshot(`
      "**الحالة**
      الفهرس: 1 · 14 فقرة · <FSI>#-#-# #:# UTC<PDI>
      الأسئلة: 1
      <RLM>• من التقرير: 0
      <RLM>• لا يذكر التقرير هذا مباشرة: 0
      <RLM>• لا يذكر التقرير هذا: 1
      زمن الإجابة: <FSI>p# # ms, p# # ms<PDI>
      الذاكرة: <FSI># MB<PDI>
      يعمل منذ: <FSI>#-#-# #:# UTC<PDI>"
    `);
    await own.stop();
    await server.close();
  });
  test('/reindex', async () => expect(await inLanguage('ar')('reindex')).toMatchInlineSnapshot(`"لم يتغير شيء: 14 فقرة."`));
  test('/privacy', async () => {
    const say = inLanguage('ar');
    await say('ask', { question: 'وصفة الكبسة' });
    expect(await say('privacy')).toMatchInlineSnapshot(`
      "أحفظ سؤالك يوما واحدا لتعمل أزراره. الأسئلة التي بقيت بلا جواب أو لم ترض إجابتها أحفظها 90 يوما ليراها من يدير الخادم، بلا اسمك، ومعها تقييماتك. واللغة التي اخترتها أحفظها حتى تحذفها. لا أحفظ غير ذلك، ولا يخرج شيء من الجهاز.

      المحفوظ عنك الآن: أسئلة (1)، تقييمات (0).
      <RLM>• <FSI>وصفة الكبسة<PDI>
      [احذفها كلها]"
    `);
  });
});

describe('in English', () => {
  test('/help', async () =>
    expect(await inLanguage('en')('help')).toMatchInlineSnapshot(`
      "Ask me about the report: I answer with a verbatim quote and its paragraph number, and say so when the report does not answer.
      In channels mention me with your question, or in reply to a message to ask about that. In direct messages just write.

      <LRM>• <FSI>\`/ask\`<PDI> <FSI>Ask what the report says<PDI>
      <LRM>• <FSI>\`/search\`<PDI> <FSI>Find passages of the report<PDI>
      <LRM>• <FSI>\`/passage\`<PDI> <FSI>Show a paragraph of the report<PDI>
      <LRM>• <FSI>\`/summary\`<PDI> <FSI>The report's key sentences, verbatim<PDI>
      <LRM>• <FSI>\`/sources\`<PDI> <FSI>The reports I answer from<PDI>
      <LRM>• <FSI>\`/help\`<PDI> <FSI>How to ask, and in which language I speak<PDI>
      <LRM>• <FSI>\`/privacy\`<PDI> <FSI>What is kept of you, and its deletion<PDI>

      **For those who manage the server:**
      <LRM>• <FSI>\`/settings\`<PDI> <FSI>How I behave on this server<PDI>
      <LRM>• <FSI>\`/unanswered\`<PDI> <FSI>Questions that stayed unanswered or whose answer did not please<PDI>
      <LRM>• <FSI>\`/status\`<PDI> <FSI>Index, questions, latency, memory<PDI>
      <LRM>• <FSI>\`/report\`<PDI> <FSI>This server's own reports, and the one a channel is about<PDI>
      <LRM>• <FSI>\`/reindex\`<PDI> <FSI>Read the reports again<PDI>
      [العربية] [English]"
    `));
  test('/sources', async () =>
    expect(await inLanguage('en')('sources')).toMatchInlineSnapshot(`
    "**Reports** (1)
    <LRM>• <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI> (14 passages · with an unofficial English translation)

    Model: <FSI>multilingual-e5-small-ar-en<PDI>
    Index: <FSI>#-#-# #:# UTC<PDI>
    Version: <FSI>Isnad 0.1.0<PDI>"
  `));
  test('/passage', async () =>
    expect(await inLanguage('en')('passage', { number: 9 })).toMatchInlineSnapshot(`
      "مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية
      فيما أكدت وسائل إعلام أخرى أن طائرات مسيرة استهدفت مواقع للحرس الثوري في المنطقة.

      Unofficial translation: Other media confirmed that drones targeted positions of the Revolutionary Guard in the area.
      <LRM>¶9 / 13
      [Previous] [Next]"
    `));
  test('/ask what the report does not say', async () =>
    expect(await inLanguage('en')('ask', { question: 'A recipe for kabsa' })).toMatchInlineSnapshot(`
    "A recipe for kabsa
    **The report does not say.**
    [More passages] [Follow up]
    [👍] [👎]"
  `));
  test('/ask for the headline', async () =>
    expect(await inLanguage('en')('ask', { question: 'What is the headline?' })).toMatchInlineSnapshot(`
    "What is the headline?
    **The report says:**

    > مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية
    <LRM>[1] title · <FSI>مواجهة في دير الزور بين ميليشيات إيران وطائرات أميركية<PDI>
    Unofficial translation: Confrontation in Deir ez-Zor between Iran's militias and American aircraft
    confidence 100%
    [Context] [More passages] [Follow up] [Share as image]
    [👍] [👎]"
  `));
  test('/ask nothing', async () =>
    expect(await inLanguage('en')('ask', { question: '?!' })).toMatchInlineSnapshot(
      `"I found no question in that. Ask about what the report says, for example: Who targeted the base?"`,
    ));
  test('/settings', async () =>
    expect(await inLanguage('en')('settings', { private: true })).toMatchInlineSnapshot(`
    "**Settings of this server**
    Answers are for the asker alone unless asked otherwise: yes
    Channels allowed: all
    Language of the bot's own words where the question tells none: the report's"
  `));
  test('/unanswered', async () => {
    const say = inLanguage('en');
    for (const question of ['A recipe for kabsa', 'a recipe for Kabsa?', 'How do I learn the violin?']) await say('ask', { question });
    expect(await say('unanswered')).toMatchInlineSnapshot(`
      "**Questions that stayed unanswered or whose answer did not please (3):**
      <LRM>• <FSI>a recipe for Kabsa?<PDI> (2 times)
      <LRM>• <FSI>How do I learn the violin?<PDI> (once)"
    `);
  });
  test('/reindex', async () => expect(await inLanguage('en')('reindex')).toMatchInlineSnapshot(`"Nothing changed: 14 passages."`));
  test('/privacy', async () => {
    const say = inLanguage('en');
    await say('ask', { question: 'A recipe for kabsa' });
    expect(await say('privacy')).toMatchInlineSnapshot(`
      "I keep your question for one day so that its buttons work. Questions that stayed unanswered or whose answer did not please are kept 90 days for those who manage the server, without your name, and your votes with them. The language you chose is kept until you delete it. Nothing else is kept, and nothing leaves the machine.

      Kept of you now: questions (1), votes (0).
      <LRM>• <FSI>A recipe for kabsa<PDI>
      [Delete all of it]"
    `);
  });
});
