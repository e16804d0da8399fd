import { performance } from 'node:perf_hooks';
import { wordingFor } from '../answer/wording.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Language } from '../text/language.ts';
import { Busy } from './admission.ts';
import { NoReport, type Services } from './command.ts';
import { labelsFor } from './labels.ts';
import { plainMessage, type Reply } from './render.ts';

/** Something that was asked of the bot. */
export interface Request {
  /** Discord's id of it. */
  readonly id: string;
  /** What it is, for the log: names of ours, no text of anybody. */
  readonly kind: string;
  /** Language for whoever asked. */
  language(): Promise<Language>;
  /** Sends what the bot has to say in place of what was asked. */
  apologize(message: Reply): Promise<unknown>;
}

/** The boundary where a failure becomes a polite line: does what is asked, logs how it went, and never rejects. */
export async function attend(request: Request, services: Services, log: Log, work: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  const own = log.child({ request: request.id, kind: request.kind });
  try {
    await work();
    own.info({ ms: Math.round(performance.now() - begun) }, 'done');
  } catch (error) {
    const language = await request.language();
    if (error instanceof Busy) {
      services.metrics.turnedAway(error.whose);
      own.info({ whose: error.whose }, 'turned away');
    } else if (error instanceof NoReport) own.info('no such report');
    else own.error({ error: describe(error) }, 'failed');
    await request
      .apologize(plainMessage(wordsFor(error, language), language))
      .catch((failure: unknown) => own.warn({ error: describe(failure) }, 'no apology'));
  }
}

function wordsFor(error: unknown, language: Language): string {
  if (error instanceof Busy) return labelsFor(language).busy[error.whose](error.seconds);
  return error instanceof NoReport ? wordingFor(language).noReport : wordingFor(language).failed;
}
