import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { ShownLine } from './markdown.ts';

/** A character as a reader counts them, where it is seen, in pixels. What takes no width is not seen. */
export interface Glyph {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line as laid out between two edges, its characters in the order they are stored in. */
export interface Line {
  readonly left: number;
  readonly right: number;
  readonly glyphs: readonly Glyph[];
}

/** What is used of Playwright, stated here: `npm run check` must not need the engine's package. */
interface Page {
  goto(url: string): Promise<unknown>;
  locator(selector: string): { screenshot(): Promise<Buffer> };
  evaluate<T>(script: string): Promise<T>;
  screenshot(options: { clip: { x: number; y: number; width: number; height: number } }): Promise<Buffer>;
}
interface Browser {
  newPage(options?: { deviceScaleFactor: number }): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  chromium: { launch(options: { executablePath: string; chromiumSandbox: boolean; env: Record<string, string | undefined> }): Promise<Browser> };
}

const PACKAGES = join(import.meta.dirname, 'node_modules');

/** Chromium, showing lines of text. */
export class Engine {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async start(): Promise<Engine> {
    const folder = unpacked();
    const { chromium } = createRequire(import.meta.url)('playwright-core') as Playwright;
    const browser = await chromium.launch({
      executablePath: join(folder, 'chromium'),
      chromiumSandbox: false, // It does not start as root, and this shows one page of ours.
      env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
    });
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(import.meta.dirname, 'page.html')).href);
    return new Engine(browser, page);
  }

  /** Lays lines out in a column; the default is wide enough for any line not to break. */
  show(lines: readonly ShownLine[], width = 20_000): Promise<Line[]> {
    return this.#page.evaluate(`show(${JSON.stringify(lines)}, ${width})`);
  }

  /** Which way a character that is on the page bends, in pixels: a shape like "(" is negative, one like ")" positive. */
  async lean({ left, right, top, bottom }: Glyph): Promise<number> {
    const picture = await this.#page.screenshot({ clip: { x: left, y: top, width: right - left, height: bottom - top } });
    return this.#page.evaluate(`lean('data:image/png;base64,${picture.toString('base64')}')`);
  }

  /** The first element of a page, drawn at twice its size. @param file its HTML, whose addresses are relative to it */
  async draw(file: string): Promise<Buffer> {
    const page = await this.#browser.newPage({ deviceScaleFactor: 2 });
    await page.goto(pathToFileURL(file).href);
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    return page.locator('body > *:first-child').screenshot();
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** The folder of the unpacked engine: the package brings it compressed, with libraries and a font that a bare system lacks. */
function unpacked(): string {
  const folder = join(PACKAGES, '.chromium');
  if (existsSync(folder)) return folder;
  const packed = (name: string) => brotliDecompressSync(readFileSync(join(PACKAGES, '@sparticuz/chromium/bin', name)));
  const unfinished = `${folder}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  writeFileSync(join(unfinished, 'chromium'), packed('chromium.br'), { mode: 0o755 });
  for (const archive of ['al2023.tar.br', 'fonts.tar.br']) execFileSync('tar', ['-x', '-C', unfinished], { input: packed(archive) });
  // The package's own configuration names folders of its host; with this one every machine has the same fonts.
  writeFileSync(join(unfinished, 'fonts.conf'), `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/cache</cachedir></fontconfig>`);
  renameSync(unfinished, folder);
  return folder;
}
