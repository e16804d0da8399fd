import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';

/** What is done, a line each; on a terminal with colours and a bar beneath. */
export class Terminal {
  readonly #bars: MultiBar | undefined;
  readonly #bar: SingleBar | undefined;
  readonly #paint = pc.createColors(pc.isColorSupported && Boolean(process.stdout.isTTY));
  readonly #begun = performance.now();

  /** @param total how much there is to do */
  constructor(total: number) {
    if (total === 0 || !process.stdout.isTTY) return;
    const format = '{bar} {value}/{total} {now}';
    const bars = new MultiBar({ format, stream: process.stdout, hideCursor: true, clearOnComplete: true, gracefulExit: false });
    this.#bars = bars;
    // Its own way to end leaves the program running.
    process.once('SIGINT', () => {
      bars.stop();
      process.exit(130);
    });
    this.#bar = this.#bars.create(total, 0, { now: '' });
  }

  /** What is under way. */
  now(what: string): void {
    this.#bar?.update({ now: what });
  }

  done(what: string, figures: string, milliseconds: number): void {
    this.#bar?.increment();
    this.line(`${this.#paint.green('✓')} ${what}  ${this.#paint.bold(figures)}  ${this.#paint.dim(`${(milliseconds / 1000).toFixed(1)} s`)}`);
  }

  failed(what: string, reason: string): void {
    this.#bar?.increment();
    this.line(`${this.#paint.red('✗')} ${what}  ${reason}`);
  }

  /** Something that there is no need to do any more. */
  skipped(): void {
    this.#bar?.increment();
  }

  line(text: string): void {
    if (this.#bars) this.#bars.log(`${text}\n`);
    else process.stdout.write(`${text}\n`);
  }

  finish(): void {
    this.line(this.#paint.dim(`${((performance.now() - this.#begun) / 60_000).toFixed(1)} minutes`));
    // Lines wait for the bar to be drawn.
    this.#bars?.update();
    this.#bars?.stop();
  }
}
