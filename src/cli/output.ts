import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { Answer, Citation } from '../answer/answer.ts';
import { placeLabel, refusalText, wordingFor } from '../answer/wording.ts';
import { type Direction, directed, directionOfText, eachDirected, isolateTitle, opening } from '../text/bidi.ts';

/** Colour is for people: none where the output is no terminal, or NO_COLOR is set. */
export const paint = pc.createColors(pc.isColorSupported && Boolean(process.stdout.isTTY));

/**
 * An answer for reading. Every line has one direction, stated by its first strong character; text stays in logical order, which
 * terminals with bidi support and every program it is piped to show right.
 */
export function answerText(answer: Answer): string {
  if (answer.status === 'invalid') return eachDirected(refusalText(answer.refusal ?? 'empty', answer.language));
  const wording = wordingFor(answer.language);
  const direction: Direction = answer.language === 'ar' ? 'rtl' : 'ltr';
  const heading = directed(wording.status[answer.status], direction);
  const within = answer.within && answer.status !== 'answered' ? [directed(wording.within(isolateTitle(answer.within.title)), direction)] : [];
  if (answer.status === 'not_found') return [paint.yellow(heading), ...within].join('\n\n');
  const sure = answer.status === 'answered' ? paint.dim(` (${wording.confidence} ${Math.round(answer.confidence * 100)}%)`) : '';
  const colour = answer.status === 'answered' ? paint.green : paint.yellow;
  const citations = answer.citations.map((citation) => {
    const place = `[${citation.n}] ${placeLabel(citation.passage, citation.place, wording, isolateTitle)} · ${isolateTitle(citation.title)}`;
    // Colour comes last: the letters of its codes would pass for strong characters.
    const quote = `${opening(citation.quote, directionOfText(citation.quote))}«${highlighted(citation)}»`;
    const lines = [quote, paint.dim(directed(place, direction))];
    if (answer.language === 'en' && citation.translation !== undefined) lines.push(`${paint.dim(`${wording.translation}:`)} ${citation.translation}`);
    return lines.join('\n');
  });
  return [colour(heading) + sure, ...citations, ...within].join('\n\n');
}

function highlighted(citation: Citation): string {
  let text = '';
  let at = citation.start;
  const part = (from: number, to: number) => citation.quote.slice(from - citation.start, to - citation.start);
  for (const { start, end } of citation.highlights) {
    const marked = paint.bold(paint.cyan(part(start, end)));
    text += part(at, start) + (start === citation.answer?.start ? paint.underline(marked) : marked);
    at = end;
  }
  return text + part(at, citation.end);
}

/** An answer for programs: the object that `--json` and `--jsonl` print. */
export function answerObject(answer: Answer): Record<string, unknown> {
  return {
    question: answer.question,
    language: answer.language,
    status: answer.status,
    confidence: round(answer.confidence),
    citations: answer.citations.map(({ n, document, passage, place, quote, start, end, answer: found, highlights, score }) => ({
      n,
      document,
      passage,
      ...place,
      quote,
      start,
      end,
      answer: found ?? null,
      highlights,
      score: round(score),
    })),
    candidates: answer.candidates.map(({ document, passage, score }) => ({ document, passage, score: round(score) })),
    latency_ms: Math.round(answer.latencyMs * 10) / 10,
  };
}

/** A progress bar on standard error; where that is no terminal, silence until `finish` says one line. */
export class Progress {
  readonly #bar: SingleBar | undefined;
  #started = false;

  constructor(label: string) {
    if (process.stderr.isTTY) {
      this.#bar = new SingleBar({
        format: `${label} {bar} {percentage}% {value}/{total} {eta_formatted}`,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      });
    }
  }

  update(done: number, total: number): void {
    if (!this.#started) this.#bar?.start(total, done);
    this.#started = true;
    this.#bar?.setTotal(total);
    this.#bar?.update(done);
  }

  finish(line?: string): void {
    this.#bar?.stop();
    if (line !== undefined) note(line);
  }
}

/** A line for the person at the terminal, beside the output. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function round(x: number): number {
  return Math.round(x * 10_000) / 10_000;
}
