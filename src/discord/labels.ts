import { isolate } from '../text/bidi.ts';
import type { Language } from '../text/language.ts';
import type { Busy } from './admission.ts';

/** What the bot says on Discord besides answers, in one language. */
export interface Labels {
  readonly buttons: Readonly<
    Record<'context' | 'more' | 'translation' | 'followUp' | 'image' | 'good' | 'bad' | 'previous' | 'next' | 'delete' | 'arabic' | 'english', string>
  >;
  readonly busy: Readonly<Record<Busy['whose'], (seconds: number) => string>>;
  readonly expired: string;
  readonly notYours: string;
  readonly admins: string;
  readonly thanks: string;
  readonly notKept: string;
  readonly followUpTitle: string;
  readonly followUpField: string;
  readonly reasonTitle: string;
  readonly reasonField: string;
  readonly noTranslation: string;
  readonly search: string;
  readonly nothingFound: string;
  readonly claim: string;
  readonly summary: string;
  readonly page: (page: number, of: number) => string;
  readonly otherChannels: (channels: string) => string;
  readonly onlyMenu: string;
  readonly languageChosen: string;
  readonly settings: Readonly<
    Record<'heading' | 'private' | 'channels' | 'language' | 'yes' | 'no' | 'everywhere' | 'asReport' | 'arabic' | 'english', string>
  >;
  readonly unanswered: (count: number) => string;
  readonly noneUnanswered: string;
  readonly asked: (times: number) => string;
  readonly status: Readonly<Record<'heading' | 'index' | 'questions' | 'latency' | 'memory' | 'uptime', string>>;
  readonly reindexed: (passages: number, built: boolean) => string;
  readonly privacy: (days: number) => string;
  readonly keptOfYou: (questions: number, votes: number) => string;
  readonly nothingKept: string;
  readonly deleted: string;
  readonly notDeleted: string;
  readonly help: string;
  readonly forAdmins: string;
  /** Choice of every report together. */
  readonly allReports: string;
  readonly reports: ReportLabels;
  readonly passages: (count: number) => string;
  readonly about: Readonly<Record<'reports' | 'model' | 'index' | 'version' | 'translated', string>>;
}

/** What is said of a server's own reports; titles are made fit for a line by whoever shows it. */
export interface ReportLabels {
  readonly addTitle: string;
  readonly titleField: string;
  readonly textField: string;
  readonly add: string;
  readonly addBeside: string;
  readonly cancel: string;
  readonly read: (passages: number) => string;
  readonly replaces: (title: string) => string;
  readonly versionOf: (title: string) => string;
  readonly replace: string;
  readonly onlyHere: string;
  readonly added: (title: string, passages: number) => string;
  readonly removed: (title: string) => string;
  readonly cancelled: string;
  readonly off: string;
  readonly notOwn: string;
  readonly channel: (title: string) => string;
  readonly everyReport: string;
  readonly own: string;
  readonly refused: {
    readonly unreadable: (reason: string) => string;
    readonly empty: string;
    readonly expired: string;
    readonly known: (title: string) => string;
    readonly reports: (most: number) => string;
    readonly passages: (most: number) => string;
  };
}

const ARABIC_PLURAL = new Intl.PluralRules('ar');

/** A counted noun in Arabic: one and two have forms of their own, three to ten another (CLDR plural rules). */
function counted(count: number, [one, two, few, many]: readonly [string, string, string, string]): string {
  const form = ARABIC_PLURAL.select(count);
  if (form === 'one') return one;
  if (form === 'two') return two;
  return `${count} ${form === 'few' ? few : many}`;
}

const arabicPassages = (count: number) => counted(count, ['فقرة واحدة', 'فقرتان', 'فقرات', 'فقرة']);
const englishPassages = (count: number) => `${count} ${count === 1 ? 'passage' : 'passages'}`;

const LABELS: Readonly<Record<Language, Labels>> = {
  ar: {
    buttons: {
      context: 'السياق',
      more: 'مقاطع أخرى',
      translation: 'الترجمة',
      followUp: 'سؤال متابعة',
      image: 'شارك صورة',
      good: '👍',
      bad: '👎',
      previous: 'السابقة',
      next: 'التالية',
      delete: 'احذفها كلها',
      arabic: 'العربية',
      english: 'English',
    },
    busy: {
      user: (seconds) => `سألت كثيرا في وقت قصير. اسأل من جديد بعد ${seconds} ث من فضلك.`,
      server: (seconds) => `في هذا الخادم أسئلة كثيرة الآن. اسأل من جديد بعد ${seconds} ث من فضلك.`,
      all: (seconds) => `الأسئلة كثيرة الآن. اسأل من جديد بعد ${seconds} ث من فضلك.`,
    },
    expired: 'انتهت صلاحية هذه الأزرار. اسأل من جديد من فضلك.',
    // Between Arabic and Latin the slash would go with the Arabic, and be seen behind its command.
    notYours: `هذا الزر لمن سأل. اسأل أنت عبر الأمر ${isolate('/ask')}.`,
    admins: 'هذا الأمر لمن يدير الخادم.',
    thanks: 'شكرا، سجلت رأيك.',
    notKept: 'تعذر حفظ هذا الآن. حاول مرة أخرى بعد قليل.',
    followUpTitle: 'سؤال متابعة',
    followUpField: 'سؤالك',
    reasonTitle: 'ما الذي لم يعجبك؟',
    reasonField: 'السبب (اختياري)',
    noTranslation: 'لا توجد ترجمة لهذا التقرير.',
    search: 'أقرب المقاطع إلى بحثك:',
    nothingFound: 'لم أجد في التقرير ما يشبه هذا.',
    claim: 'أقرب ما في التقرير إلى هذا القول (دون حكم عليه):',
    summary: 'أهم ما جاء في التقرير:',
    page: (page, of) => `صفحة ${page} من ${of}`,
    otherChannels: (channels) => `اسألني هنا من فضلك: ${channels}`,
    onlyMenu: 'لا أرى نص تلك الرسالة. افتح قائمة الرسالة ← Apps ← Ask the report.',
    languageChosen: 'سأخاطبك بالعربية.',
    settings: {
      heading: 'إعدادات هذا الخادم',
      private: 'الإجابات خاصة بالسائل ما لم يطلب غير ذلك',
      channels: 'القنوات المسموح بها',
      language: 'لغة البوت حين لا يدل عليها السؤال',
      yes: 'نعم',
      no: 'لا',
      everywhere: 'كلها',
      asReport: 'لغة التقرير',
      arabic: 'العربية',
      english: 'الإنجليزية',
    },
    unanswered: (count) => `أسئلة بقيت بلا جواب أو لم ترض إجابتها (${count}):`,
    noneUnanswered: 'لا أسئلة بقيت بلا جواب.',
    asked: (times) => counted(times, ['مرة واحدة', 'مرتان', 'مرات', 'مرة']),
    status: {
      heading: 'الحالة',
      index: 'الفهرس',
      questions: 'الأسئلة',
      latency: 'زمن الإجابة',
      memory: 'الذاكرة',
      uptime: 'يعمل منذ',
    },
    reindexed: (passages, built) => `${built ? 'قرأت التقارير من جديد' : 'لم يتغير شيء'}: ${arabicPassages(passages)}.`,
    privacy: (days) =>
      `أحفظ سؤالك يوما واحدا لتعمل أزراره. الأسئلة التي بقيت بلا جواب أو لم ترض إجابتها أحفظها ${counted(days, ['يوما واحدا', 'يومين', 'أيام', 'يوما'])} ليراها من يدير الخادم، بلا اسمك، ومعها تقييماتك. واللغة التي اخترتها أحفظها حتى تحذفها. لا أحفظ غير ذلك، ولا يخرج شيء من الجهاز.`,
    keptOfYou: (questions, votes) => `المحفوظ عنك الآن: أسئلة (${questions})، تقييمات (${votes}).`,
    nothingKept: 'لا شيء محفوظ عنك الآن.',
    deleted: 'حذفت كل ما كان محفوظا عنك.',
    notDeleted: 'تعذر الحذف الآن. حاول مرة أخرى بعد قليل.',
    help: 'اسألني عما جاء في التقرير، وسأجيب باقتباس حرفي منه مع رقم الفقرة. إن لم يذكر التقرير الجواب قلت ذلك.\nفي القنوات اذكرني مع سؤالك، أو اذكرني ردا على رسالة لأجيب عنها. وفي الرسائل الخاصة اكتب سؤالك مباشرة.',
    forAdmins: 'لمن يدير الخادم:',
    allReports: 'كل التقارير',
    reports: {
      addTitle: 'أضف تقريرا',
      titleField: 'العنوان',
      textField: 'النص، بين كل فقرتين سطر فارغ',
      add: 'أضفه',
      addBeside: 'أضفه إلى جانبه',
      cancel: 'إلغاء',
      read: (passages) => `قرأت ${arabicPassages(passages)}:`,
      replaces: (title) => `سيحل محل ${title}، فله الاسم نفسه.`,
      versionOf: (title) => `يبدو نسخة أخرى من ${title}.`,
      replace: 'ضعه مكانه',
      onlyHere: 'لن يراه إلا من يسأل في هذا الخادم.',
      added: (title, passages) => `صرت أجيب في هذا الخادم من ${title} أيضا (${arabicPassages(passages)}).`,
      removed: (title) => `حذفت ${title}.`,
      cancelled: 'لم أضف شيئا.',
      off: 'إضافة التقارير معطلة في هذا البوت.',
      notOwn: 'ليس هذا من تقارير هذا الخادم. اختر من القائمة.',
      channel: (title) => `الأسئلة في هذه القناة صارت عن ${title}، إلا إن سمى السؤال تقريرا آخر.`,
      everyReport: 'الأسئلة في هذه القناة صارت عن كل التقارير.',
      own: 'خاص بهذا الخادم',
      refused: {
        unreadable: (reason) => `تعذرت قراءة الملف: ${reason}`,
        empty: 'لم أجد فيه نص تقرير. العنوان في أول سطر، وبين كل فقرتين سطر فارغ.',
        expired: 'انتهت صلاحية هذا الطلب. أضف التقرير من جديد من فضلك.',
        known: (title) => `هذا النص موجود من قبل: ${title}`,
        reports: (most) => `لهذا الخادم ${most} من التقارير، ولا مكان لغيرها. احذف واحدا أولا.`,
        passages: (most) => `لا مكان لأكثر من ${arabicPassages(most)} في تقارير الخادم كلها. احذف تقريرا أو أضف أقصر منه.`,
      },
    },
    passages: arabicPassages,
    about: { reports: 'التقارير', model: 'النموذج', index: 'الفهرس', version: 'الإصدار', translated: 'مع ترجمة إنجليزية غير رسمية' },
  },
  en: {
    buttons: {
      context: 'Context',
      more: 'More passages',
      translation: 'Translation',
      followUp: 'Follow up',
      image: 'Share as image',
      good: '👍',
      bad: '👎',
      previous: 'Previous',
      next: 'Next',
      delete: 'Delete all of it',
      arabic: 'العربية',
      english: 'English',
    },
    busy: {
      user: (seconds) => `That was a lot of questions in a short time. Please ask again in ${seconds} s.`,
      server: (seconds) => `This server is asking a lot right now. Please ask again in ${seconds} s.`,
      all: (seconds) => `There are many questions right now. Please ask again in ${seconds} s.`,
    },
    expired: 'These buttons have expired. Please ask again.',
    notYours: 'This button is for whoever asked. Ask for yourself with /ask.',
    admins: 'This command is for those who manage the server.',
    thanks: 'Thank you, noted.',
    notKept: 'That could not be kept right now. Please try again in a moment.',
    followUpTitle: 'Follow up',
    followUpField: 'Your question',
    reasonTitle: 'What was wrong with it?',
    reasonField: 'Reason (optional)',
    noTranslation: 'There is no translation of this report.',
    search: 'Passages nearest to your search:',
    nothingFound: 'I found nothing like that in the report.',
    claim: 'What the report has nearest to this claim (without judging it):',
    summary: 'Key points of the report:',
    page: (page, of) => `page ${page} of ${of}`,
    otherChannels: (channels) => `Please ask me here: ${channels}`,
    onlyMenu: "I can't see the text of that message. Open its menu › Apps › Ask the report.",
    languageChosen: 'I will speak English with you.',
    settings: {
      heading: 'Settings of this server',
      private: 'Answers are for the asker alone unless asked otherwise',
      channels: 'Channels allowed',
      language: "Language of the bot's own words where the question tells none",
      yes: 'yes',
      no: 'no',
      everywhere: 'all',
      asReport: "the report's",
      arabic: 'Arabic',
      english: 'English',
    },
    unanswered: (count) => `Questions that stayed unanswered or whose answer did not please (${count}):`,
    noneUnanswered: 'No question stayed unanswered.',
    asked: (times) => (times === 1 ? 'once' : `${times} times`),
    status: {
      heading: 'Status',
      index: 'Index',
      questions: 'Questions',
      latency: 'Time to answer',
      memory: 'Memory',
      uptime: 'Up since',
    },
    reindexed: (passages, built) => `${built ? 'The reports were read again' : 'Nothing changed'}: ${englishPassages(passages)}.`,
    privacy: (days) =>
      `I keep your question for one day so that its buttons work. Questions that stayed unanswered or whose answer did not please are kept ${days} ${days === 1 ? 'day' : 'days'} for those who manage the server, without your name, and your votes with them. The language you chose is kept until you delete it. Nothing else is kept, and nothing leaves the machine.`,
    keptOfYou: (questions, votes) => `Kept of you now: questions (${questions}), votes (${votes}).`,
    nothingKept: 'Nothing is kept of you now.',
    deleted: 'Everything kept of you has been deleted.',
    notDeleted: 'It could not be deleted right now. Please try again in a moment.',
    help: 'Ask me about the report: I answer with a verbatim quote and its paragraph number, and say so when the report does not answer.\nIn channels mention me with your question, or in reply to a message to ask about that. In direct messages just write.',
    forAdmins: 'For those who manage the server:',
    allReports: 'All reports',
    reports: {
      addTitle: 'Add a report',
      titleField: 'Title',
      textField: 'Text, a blank line between paragraphs',
      add: 'Add it',
      addBeside: 'Add it beside',
      cancel: 'Cancel',
      read: (passages) => `I read ${englishPassages(passages)}:`,
      replaces: (title) => `It will replace ${title}, which has the same name.`,
      versionOf: (title) => `It looks like another version of ${title}.`,
      replace: 'Replace that',
      onlyHere: 'Only those who ask on this server will see it.',
      added: (title, passages) => `On this server I now answer from ${title} too (${englishPassages(passages)}).`,
      removed: (title) => `${title} was removed.`,
      cancelled: 'Nothing was added.',
      off: 'Adding reports is turned off in this bot.',
      notOwn: 'That is not one of the reports of this server. Choose one from the list.',
      channel: (title) => `Questions in this channel are now about ${title}, unless they name another report.`,
      everyReport: 'Questions in this channel are now about all reports.',
      own: "this server's own",
      refused: {
        unreadable: (reason) => `The file could not be read: ${reason}`,
        empty: 'I found no text of a report in it. Title on the first line, a blank line between paragraphs.',
        expired: 'This has expired. Please add the report again.',
        known: (title) => `This text is there already: ${title}`,
        reports: (most) => `This server has ${most} reports, and there is no room for more. Remove one first.`,
        passages: (most) => `A server's own reports may have ${englishPassages(most)} together. Remove one, or add a shorter one.`,
      },
    },
    passages: englishPassages,
    about: {
      reports: 'Reports',
      model: 'Model',
      index: 'Index',
      version: 'Version',
      translated: 'with an unofficial English translation',
    },
  },
};

/** Labels in a language; a text in neither has English ones. */
export function labelsFor(language: Language | 'other'): Labels {
  return LABELS[language === 'other' ? 'en' : language];
}
