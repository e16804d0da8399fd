import { fold, withoutMarks } from './fold.ts';
import { detectLanguage, type Language } from './language.ts';
import { isStopword } from './stopwords.ts';

/** Words of closed classes (function words, days, months) and the verbs of news, of a language that shares a script with English or Arabic. */
interface ForeignWords {
  /** BCP 47. */
  readonly language: string;
  /** What no name, no English and no Arabic holds: one is enough. */
  readonly sure: ReadonlySet<string>;
  /** What a name may hold ("Qui Nhon"): it needs company. */
  readonly telling: ReadonlySet<string>;
  /** Articles, prepositions and conjunctions, which names are full of ("Ursula von der Leyen"), and what looks like a word of another ("war"): mere company. */
  readonly common: ReadonlySet<string>;
  /** Writing of its own, as sure as a word. */
  readonly mark: RegExp | undefined;
}

interface Lists {
  readonly sure: string;
  readonly telling: string;
  readonly common: string;
  readonly mark?: RegExp;
}

function foreignWords(language: string, { sure, telling, common, mark }: Lists): ForeignWords {
  return { language, sure: setOf(sure), telling: setOf(telling), common: setOf(common), mark };
}

function setOf(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/u).filter(Boolean).map(withoutMarks));
}

/** By the language whose script they share. Of two that fit as well the first is named. */
const FOREIGN: Readonly<Record<Language, readonly ForeignWords[]>> = {
  en: [
    foreignWords('tr', {
      sure: 'neden niçin nasıl nerede nereye nereden kimin kimler hangi mı mıydı değil söyledi açıkladı yapıldı edildi vuruldu neler nedir kimdir olacak bugün',
      telling: `nasil kaç kime oldu olan olarak olduğu olur oluyor etti edilen ediyor dedi yaptı vurdu başladı bitti kaldı geldi gitti verdi aldı istiyor için
        göre sonra tarafından hakkında üzerinde gibi kadar daha çok onlar gerçekleşti miydi muydu dün yarın yıl yılında gün pazartesi salı çarşamba perşembe
        cumartesi ocak şubat nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık halen yeni`,
      common: `kim ne zaman bu şu o ve ile bir mi mu ki de da te ta den dan ten tan in ın un ün nin nın nun nün ya ye yi yı a e i ı u ü her hem var yok
        at on karşı kişi hâlâ mart pazar cuma`,
    }),
    foreignWords('id', {
      sure: 'siapa siapakah apakah sudahkah kapan mengapa kenapa bagaimana berapa dimana kemana terjadi tewas meninggal kemarin sekarang masih',
      telling: `yang apa adalah tidak bukan dengan untuk oleh dalam pada telah sudah belum ini itu mereka kami kita terhadap karena setelah sebelum antara
        tentang mengatakan dikatakan atau juga bahwa tersebut sedang hari tahun bulan besok selasa jumat sabtu januari februari maret juni juli agustus
        oktober desember terluka perang serangan sejak hingga sampai sebuah seorang banyak negara presiden menteri`,
      common: 'dan di ke dari ada dia akan mana saja lagi lebih orang para ya anak rumah senin rabu kamis minggu',
    }),
    foreignWords('pt', {
      mark: /(?<!\p{L})é(?!\p{L})/iu,
      sure: `quem onde quando quanto quantos quantas aconteceu disse disseram houve haverá morreu morreram ontem hoje`,
      telling: `quanta qual quais que porque foi foram está estão estava estavam não será serão tinha tinham pelo pela pelos pelas isso isto este estes estas
        seus suas eles elas também você vai vão haver anos dias mortos feridos ainda agora amanhã segunda terça quarta quinta sexta janeiro fevereiro março
        maio junho julho setembro outubro novembro dezembro depois antes alguém ninguém todos todas quer querem`,
      common: `o a os as um uma uns umas de do da dos das d em no na nos nas num numa ao aos à às por para com como sem sobre contra entre desde após até e ou
        mas se sua seu era tem têm há mais muito já me ano dia guerra ataque sábado domingo abril agosto`,
    }),
    foreignWords('es', {
      mark: /¿/u,
      sure: `quien quienes cuando cuanto cuanta cuantos cuantas cuales donde adonde según dijo dijeron ocurrió sucedió hubo habrá murió murieron lunes martes
        miércoles jueves viernes`,
      telling: `que cual porque fue fueron será serán esta este estos estas están estaba estaban había habían tiene tienen sigue siguen desde hasta una muy
        hizo hicieron puede pueden ese esa eso esto ayer hoy mañana año años días enero febrero junio julio septiembre octubre noviembre diciembre muertos
        heridos todavía después antes también alguien nadie todos todas quiere quieren`,
      common: `el la los las lo un unos unas de del al y o u e en con por para como sin sobre contra entre tras se su sus le les me a no ya mas pero si es son
        era ha han hay he has pasó durante guerra ataque sábado domingo abril mayo agosto día aún`,
    }),
    foreignWords('it', {
      mark: /(?<!\p{L})è(?!\p{L})/iu,
      sure: `quando perché quanto quanti quante quali hanno successo accaduto avvenuto sarà saranno martedì mercoledì giovedì venerdì uccisi ucciso oggi ieri`,
      telling: `chi cosa quanta quale dove sono stato stata stati erano anche detto viene vengono può possono deve questo questa questi quest anno anni domani
        ancora morto lunedì domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre attacco feriti nessuno qualcuno tutti
        tutte vanno vuole vogliono`,
      common: `il lo la i gli le l un uno una d di del dello della dell dei degli delle da dal dalla dall dai in nel nello nella nell nei negli nelle con su sul
        sulla sull sui per tra fra e ed ma che non si ci c ne ha era fu come dopo prima contro senza suo sua loro a al alla all ai agli alle state più no
        guerra morti sabato marzo agosto`,
    }),
    foreignWords('fr', {
      mark: /-t-(?=il|elle|on)|(?<!\p{L})où(?!\p{L})/iu,
      sure: 'pourquoi combien quand quelle quelles quels lequel laquelle lesquels cette étaient avaient toujours mardi mercredi jeudi vendredi samedi dimanche',
      telling: `qui que quoi qu quel est sont était ont avait sera seront aura auront ils elles nous vous dans avec selon depuis après encore leur leurs peut
        peuvent doit doivent hier aujourd demain jours année années lundi janvier février avril juin juillet août septembre octobre décembre morts tués
        blessés guerre attaque tous toutes être avoir trouve va vont veut veulent`,
      common: `le la les l un une des du de d au aux à et ou comment il elle je j tu ce c cet ces se s sa son ses me m t n ne pas plus mais donc car y en a été
        fut par pour sur sans sous chez contre entre vers avant pendant dit fait lors aussi si jour tout mort`,
    }),
    foreignWords('de', {
      sure: `warum wieso weshalb wann wessen wohin woher wurde wurden welche welcher welches welchen welchem wieviel wieviele worum worüber womit wofür nicht
        hatten waren starb starben getötet gestern jetzt zwischen`,
      telling: `wer wem wie ist sind wird werden haben hatte auch kein keine keinen sich dass daß sagte sagten sagt gesagt passierte passiert geschah geschehen
        gibt gab kann können soll sollen muss liegt dieses diese dieser diesen diesem eine einen einem einer eines heute noch schon wieder bereits seit nach
        gegen durch beim oder findet fordert verletzt viele ihnen ihren ihrer ihrem`,
      common: `der die das den dem des ein und aber von vom im in am an auf aus bei mit zu zum zur für um bis vor ohne unter über wo wen was war hat es er sie
        ich wir ihr ihre man so will als nur hier morgen tote`,
    }),
  ],
  ar: [
    foreignWords('fa', {
      mark: /(?<!\p{L})ن?می\u200c|\u200cها/u,
      sure: 'آیا کجا کجاست چرا چگونه چطور چیست کیست چقدر می‌شود می‌کند می‌خواهند دیروز امروز هنوز',
      telling: 'را از با بود است چه که برای شدند بودند هستند نیست کردند گفت گفته گفتند دارد دارند خواهد شنبه سه‌شنبه',
      common: 'در این آن و ما من هم به تا یا او بین کی چی کدام شد شده کرد کرده هست ها های اند توسط می نمی همه هر یک پس اگر اما بر داد سال',
    }),
    foreignWords('ur', {
      mark: /[ٹڈڑ]/u,
      sure: 'ہے ہیں کہاں کیوں کیسے کتنے کتنی کتنا نہیں ہوئے ہوئی گئے گئی گئیں',
      telling: 'تھے تھی میں یہ وہ ہوا کہا نے سے کے لیے کیے والے رہا رہی رہے گے',
      common: 'کیا دیا کون کب کس کی کا کو پر اور ہو یا تک گیا گا گی جو تھا',
    }),
  ],
};

/** Every language that {@link foreignLanguage} may name. */
export const FOREIGN_LANGUAGES: readonly string[] = [...FOREIGN.en, ...FOREIGN.ar].map(({ language }) => language);

/** Function words of Arabic in Latin letters that none of these languages has. */
const ARABIZI =
  setOf(`meen mein min shu shou sho shno shnu wein wayn ween feen fein leh leih lesh leish laish kif keef kifach kam emta imta mata addeh wa fi elli
  illi lli mish mesh mush hal hada hadi haida hayda hek heik kan kanet sar bas ana enta enti wach wash kayn chkoun chnou hadchi dyal`);
/** A digit for an Arabic letter ("qa3ida"). */
const DIGIT_AS_LETTER = /[a-z][23579]|[23579][a-z]/u;
const ARABIC_LETTER = /\p{Script=Arabic}/u;

/** An apostrophe parts words: "l'Iran", "c'è". */
const WORD = /[\p{L}\p{M}\p{N}\u200c]*\p{L}[\p{L}\p{M}\p{N}\u200c]*/gu;
const SENTENCE_END = /[.?!:¿¡]+/u;
/** Written with no letters but those of English or Arabic. */
const FAMILIAR = /^(?:[a-z\p{N}]+|[\u0621-\u063a\u0640-\u065f\u0670\u0671\p{N}]+)$/iu;

/** What a word of a text says about its language. */
interface Clue {
  /** It is one of English or Arabic. */
  readonly home: boolean;
  /** It has a letter that neither of them writes. */
  readonly unfamiliar: boolean;
  /** It is in small letters, as no name is. */
  readonly small: boolean;
}

/**
 * Language that a text in Latin or Arabic script is clearly in, other than English and Arabic: by its function words, as a question has few words and many
 * of them are names. A word with a letter that English and Arabic do not write is company, too, and in small letters it tells as much as a word of the lists.
 * There must be more than twice as many words of the language as of English and Arabic. So no name is taken for a language, whatever it is made of, nor a
 * question that quotes one.
 *
 * @returns BCP 47 tag, one of {@link FOREIGN_LANGUAGES}; `undefined` for English, Arabic and all that tells nothing
 */
export function foreignLanguage(text: string): string | undefined {
  const script = detectLanguage(text);
  if (script === undefined || script === 'other') return undefined;
  const clues = cluesIn(text, script);
  let most = 1;
  let found: string | undefined;
  for (const words of FOREIGN[script]) {
    const weight = weightOf(words, clues, text);
    if (weight > most) {
      most = weight;
      found = words.language;
    }
  }
  return found;
}

/** How many words (and its mark) speak for a language, sure ones twice; 0 where none of them tells, or English and Arabic have half as many. */
function weightOf({ sure, telling, common, mark }: ForeignWords, clues: ReadonlyMap<string, Clue>, text: string): number {
  const isListed = (word: string) => sure.has(word) || telling.has(word) || common.has(word);
  // What both have ("in", "من") speaks for neither.
  const listed = [...clues].filter(([word, { home }]) => !home && isListed(word)).map(([word]) => word);
  const unfamiliar = [...clues].filter(([word, clue]) => clue.unfamiliar && !isListed(word)).map(([, clue]) => clue);
  const marks = mark?.test(text) ? 1 : 0;
  const surely = marks + listed.filter((word) => sure.has(word)).length;
  const tells = surely > 0 || listed.some((word) => telling.has(word)) || (listed.length > 0 && unfamiliar.some(({ small }) => small));
  const weight = marks + listed.length + unfamiliar.length + surely;
  const others = [...clues].filter(([word, { home }]) => home && !isListed(word)).length;
  return tells && weight > 2 * others ? weight : 0;
}

/** By word, without its marks. Names are left out. */
function cluesIn(text: string, script: Language): Map<string, Clue> {
  const clues = new Map<string, Clue>();
  for (const sentence of text.split(SENTENCE_END)) {
    for (const [i, written] of (sentence.match(WORD) ?? []).entries()) {
      const word = withoutMarks(written);
      const unfamiliar = !FAMILIAR.test(written.normalize('NFC'));
      const arabic = ARABIZI.has(word) || DIGIT_AS_LETTER.test(written) || (script === 'en' && ARABIC_LETTER.test(written));
      const home = !unfamiliar && (arabic || isStopword(fold(written)));
      // Within a sentence a capital makes a name of it: "Ho Chi Minh" asks nothing in Italian.
      if (home || i === 0 || !/^\p{Lu}/u.test(written)) clues.set(word, { home, unfamiliar, small: /^\p{Ll}/u.test(written) });
    }
  }
  return clues;
}
