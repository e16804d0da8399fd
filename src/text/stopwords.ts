import { fold } from './fold.ts';

/** Function and question words: they carry no content of their own, so they neither match nor stand out. */
const WORDS = `
من في على إلى الى عن مع هذا هذه ذلك تلك الذي التي الذين ما ماذا متى أين كيف كم لماذا هل أي أية و أو ثم أن إن لا لم لن قد كان كانت كل بعد قبل بين عند حتى إذا هو هي هم هن نحن انت أنت أنا
عليه عليها فيه فيها منه منها به بها له لها لهم وهو وهي كما لكن بل فقد وقد عما مما لما بما فيما مين شو ايش إيش ليش وين فين امتى إمتى منو اللي إيه ايه هيك بدي عشان مشان شنو قديش لسا لسه
ولم وما ومن وعلى وفي وكان وإن وأن فيه إنه أنه أنها إنها
a an the of in on at to for from by with and or but not no is are was were be been being do does did has have had who whom whose what which when where why how many much any some this that these those
it its they them their he his him she her we our you your i my me as about into than then there here if so will would can could should may might s t
`;
const STOPWORDS = new Set(WORDS.split(/\s+/u).filter(Boolean).map(fold));

/** @param folded a word already through {@link fold} */
export function isStopword(folded: string): boolean {
  return STOPWORDS.has(folded);
}
