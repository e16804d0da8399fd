import { fold } from '../text/fold.ts';
import { stem } from '../text/stem.ts';
import { words } from '../text/words.ts';

/**
 * What a web page leaves around an article ("page furniture"): comment forms, search boxes, translate widgets, share and cookie
 * lines, navigation. Two general rules, no line of any one site:
 *
 * 1. a line all but entirely made of the vocabulary of page controls is furniture (`Search this website`, `ترجمة - Translate`);
 * 2. a line that opens a comment section or the site's foot ends the article: what follows is not the report.
 */

/** English words of page controls, folded. A line of news has a verb, a name or a number that is not among them. */
const ENGLISH = `
accept account add address ads advertisement advertising again agree all allow analytics android app apps archive archives archived article articles ask author back best bookmark breaking browser browsing button by cancel
categories category change choose click close comment comments consent contact continue continuing cookie cookies copied copy copyright create delete digest download dismiss edit editor email emails enable enter
experience facebook fb feed feeds field fields file filed follow follower followers following footer forgot form from full gallery get google header help hide home homepage icon image in inbox info input instagram install ios item
join jump keep language languages latest leave legal like liked likes link linkedin links list load loading log login logout mail main manage mark marked menu message messenger mobile more most name navigation
new news newer newest newsletter newsletters next notice notification notifications notify now of off ok older on online open opens optional options our out page pages password pinterest play please policy popular post posted posts powered preferences press
previous print privacy publish published rate read reader readers reading reblog recommended recent reddit register related reply replies report required reserved rights rss save screen scroll search see select send settings share shared sharing show
sidebar sign signup site sitemap skip skype sms sponsored spam story stories submit subscribe subscribed subscriber subscription success tag tagged tags telegram terms thank thanks this time to top topics toggle trending translate translation translations tumblr tweet twitter type
unsubscribe up update updates url use user username uses using video view views visit website websites whatsapp widget window wordpress write x your youtube yes improve best improving personalised personalized content traffic analyse analyze
akismet spam reduce learn data processed learn uses latest first next minutes min ago day days hours hour week weekly daily mailing via may no yet reject value preferences closed ensure give you we be not will is are the a an and or for with that at have has can my me it its if when how here so but any
`;
const ARABIC = `
أضف اضف إضافة اترك تعليق تعليقا تعليقك تعليقات التعليق التعليقات رد ردا الرد الردود إلغاء الغاء نشر النشر بريد بريدك البريد إيميل الإلكتروني الالكتروني إلكتروني عنوان الحقول الحقل الإلزامية إلزامية مطلوب مطلوبة المطلوبة مشار إليها الاسم اسم اسمك اسمي احفظ حفظ
المتصفح متصفح الموقع موقع موقعي الموقعي الويب موقعنا بحث ابحث البحث عن ترجم ترجمة الترجمة اللغة لغة اختر اختيار شارك مشاركة المشاركة شاركها شاركه انشر تابع تابعنا تابعونا متابعة اشترك اشتراك الاشتراك النشرة نشرتنا البريدية الإخبارية تسجيل سجل الدخول دخول الخروج حساب حسابك جديد
كلمة المرور السر نسيت إرسال ارسال أرسل طباعة اطبع نسخ انسخ الرابط رابط روابط حفظ فيسبوك فيس بوك تويتر واتساب واتس اب تيليجرام تلغرام تليجرام تيليغرام انستغرام إنستغرام انستجرام يوتيوب لينكد لينكدإن بينتريست ماسنجر إكس منصة
القائمة قائمة الرئيسية الصفحة صفحة التالي السابق التالية السابقة اقرأ إقرأ اقرا أيضا ايضا المزيد مزيد مواضيع موضوع مقالات مقال المقال المقالة ذات صلة متعلقة مشابهة الأكثر قراءة مشاهدة تصنيف تصنيفات التصنيفات الوسوم وسوم وسم كلمات مفتاحية دلالية
ملفات تعريف الارتباط كوكيز الكوكيز نستخدم يستخدم استخدام استخدامك تجربة تجربتك تحسين لتحسين موافق أوافق قبول أقبل رفض إعدادات الخصوصية سياسة شروط الاستخدام الأحكام جميع الحقوق محفوظة حقوق اتصل بنا من نحن إعلان اعلان إعلانات أعلن معنا تطبيق التطبيق حمل تحميل
اضغط انقر هنا فتح نافذة جديدة تخطي تخطى إلى المحتوى محتوى إغلاق اغلاق عرض إخفاء أعجبني إعجاب جاري التحميل التنبيهات إشعارات تفعيل الإشعارات فعل قناتنا قناة صفحتنا حسابنا حساباتنا عبر على في لن لا يتم و أو المرة المقبلة القادمة بإمكانك يمكنك هذا هذه الموضوع الخبر لهذا التقرير كتابة اكتب
بـ ب ل مع كل ان أن قم انتقل العودة للأعلى أعلى لأعلى الأعلى الى مرات شكرا الكل جوجل غوغل تطبيقنا مسجل مسجلا تكون أنت يجب لتضيف أدخل كن أول يعلق مغلقة آخر الأخبار أخبار عاجل
بريدي لاستخدامها تعليقي شاركنا استمع مدة دقيقة دقائق منذ ساعة ساعتين ساعات يوم يومين أيام
`;
const LATIN = /^[a-z]/u;
/** Article with its conjunction or preposition. Suffixes stay: «الرئيسية» is a page's, «الرئيس» the news'. */
const ARTICLE = /^(?:وال|بال|لل|ال)(?=.{2})/u;
const formOf = (folded: string) => (LATIN.test(folded) ? stem(folded) : folded.replace(ARTICLE, ''));
const formsOf = (list: string) =>
  new Set(
    list
      .split(/\s+/u)
      .filter(Boolean)
      .map((word) => formOf(fold(word))),
  );
const VOCABULARY = formsOf(`${ENGLISH} ${ARABIC}`);
/** Words that occur in any prose: alone they make no line furniture. */
const COMMON =
  formsOf(`ensure give may no yet reject value closed of in on to by from this that the a an and or for with at be not will is are have has can it its if when how here so but any me my you your we our all new news time now up out off first day days week hours hour minutes report full best yes top no people
في على من عن إلى الى مع كل ان أن هذا هذه لا لن و أو ب ل جديد جديدة عرض رفض قبول نشر رد ردا الرد عنوان الخبر هنا كلمة السر تقرير التقرير قناة لغة اللغة فتح الحقوق حقوق إعلانات المحتوى استخدام يستخدم
أول آخر أخبار الأخبار منذ ساعة ساعتين ساعات يوم يومين أيام دقيقة دقائق مدة أنت يجب تكون الكل كن`);
/** Opens the comment section or the foot of the site: the whole line, folded. */
const ARTICLE_END = [
  /^(leave|post|write|add) a (reply|comment)( cancel reply)?$/u,
  /^(\d+ )?(comments?|replies)( \(?\d+\)?)?$/u,
  /^(اترك|اضف|اكتب) (تعليقا?|ردا?)( الغاء الرد)?$/u,
  /^(التعليقات|تعليقات)( \(?\d+\)?)?$/u,
];
const COPYRIGHT = /^(©|\(c\)|copyright|حقوق النشر|جميع الحقوق محفوظه|all rights reserved)|(all rights reserved|جميع الحقوق محفوظه)[\s.]*$/u;
/** A label of the page with its values (`Tags: Syria, Iran`). */
const LABEL =
  /^(tags?|tagged|filed under|categor(y|ies)|posted (on|by|in)|published (on|by)|last updated|(ال)?وسوم|(ال)?كلمات (ال)?(مفتاحيه|دلاليه)|(ال)?تصنيفات?|اقرا ايضا|مواضيع ذات صله)\s*[:：]|^posted on /u;
/** Whole lines whose words all occur in prose. */
const PHRASE =
  /^(you may also like|(accept|reject|allow)( all)?|((قبول|رفض) الكل)|(اخر|احدث) الاخبار|منذ (\p{N}+ )?(دقيقه|دقيقتين|دقايق|ساعه|ساعتين|ساعات|يوم|يومين|ايام|اسبوع|اسبوعين|اسابيع)|(\p{N}+|an?) \p{L}+ ago)$/u;
const LONGEST_LABEL = 160;
const NUMBER = /^\p{N}+$/u;
/** Longest line that can be furniture, in UTF-16 code units: cookie notices run to three sentences. */
const LONGEST = 400;
/** Share of known words: a line of up to seven words may hold none but the vocabulary's. */
const SHARE = 0.875;

/** Whether a line of a page is furniture and not the report's text. */
export function isFurniture(line: string): boolean {
  if (line.length > LONGEST) return false;
  const folded = fold(line).trim();
  if (folded.length <= LONGEST_LABEL && (COPYRIGHT.test(folded) || LABEL.test(folded) || PHRASE.test(folded))) return true;
  const found = words(line);
  if (found.every((word) => word.folded.length < 2)) return true;
  const forms = found.map((word) => formOf(word.folded));
  const known = forms.filter((form) => VOCABULARY.has(form) || NUMBER.test(form)).length;
  const telling = forms.some((form) => VOCABULARY.has(form) && !COMMON.has(form));
  return telling && known / found.length >= SHARE;
}

/** Whether a line ends the article: what follows it is comments or the foot of the page. */
export function endsArticle(line: string): boolean {
  const folded = fold(line)
    .replace(/[*:：.\s]+$/u, '')
    .trim();
  return ARTICLE_END.some((pattern) => pattern.test(folded));
}
