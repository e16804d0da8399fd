/** Draws the pictures of the README: `npm run pictures`. What is shown is what the program answers today. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';
import { expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { cardOf, drawCard } from '../../src/card/card.ts';
import { answerMessage, type Reply } from '../../src/discord/render.ts';
import { testConfig } from '../support/app.ts';
import { Engine } from './engine.ts';
import { type ShownLine, shownLines } from './markdown.ts';

const ROOT = join(import.meta.dirname, '../..');
const PICTURES = join(ROOT, 'docs/pictures');
const ARABIC = 'بماذا قصف طيران التحالف مقرات الميليشيات في الميادين؟';
const ENGLISH = "Was Biden's decision legal?";
const TERMINAL = ['ماذا فعلت طائرات الاستطلاع؟', 'How many people were killed?', 'وصفة الكبسة'];

const STYLE = `
  body { margin: 0; width: 760px; font: 16px/1.6 'IBM Plex Sans Arabic', 'Noto Emoji'; color: #dbdee1; }
  body > div { padding: 20px 24px; background: #313338; }
  p, h4, footer { margin: 0; unicode-bidi: plaintext; text-align: start; min-height: 1em; white-space: pre-wrap; }
  .message { display: grid; grid-template-columns: 44px 1fr; gap: 0 14px; margin-bottom: 22px; }
  .message:last-child { margin-bottom: 0; }
  .face { width: 44px; height: 44px; border-radius: 50%; background: #2e8b57; color: #fff; font: 700 22px/44px 'IBM Plex Sans Arabic'; text-align: center; }
  .used { grid-column: 2; font-size: 13px; color: #949ba4; }
  .name { font-weight: 600; color: #f2f3f5; } .tag { font-size: 11px; background: #5865f2; color: #fff; border-radius: 3px; padding: 1px 4px; margin-left: 6px; }
  .embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 12px 16px; margin: 4px 0 8px; }
  .quote { border-left: 4px solid #4e5058; padding-left: 12px; }
  h4 { font-size: 16px; font-weight: 700; color: #f2f3f5; margin-bottom: 6px; } footer { font-size: 13px; color: #b5bac1; margin-top: 8px; }
  .row { display: flex; gap: 8px; margin-top: 6px; } .button { background: #4e5058; color: #fff; border-radius: 4px; padding: 3px 14px; font-size: 14px; font-weight: 500; }
  .terminal { background: #16181d; color: #d6d9de; font: 15px/1.75 'Noto Sans Mono', 'IBM Plex Sans Arabic', monospace; }
  .b { font-weight: 700; } .d { opacity: .6; } .u { text-decoration: underline; text-underline-offset: 5px; } .c31 { color: #ff7b72; } .c32 { color: #5fd38d; } .c33 { color: #e5c07b; } .c36 { color: #6ecbf5; }
`;

test('the pictures of the README', async () => {
  const app = await openApp(testConfig());
  const engine = await Engine.start();
  mkdirSync(PICTURES, { recursive: true });
  const draw = async (name: string, html: string) => {
    // Beside this file, so that the fonts of both packages are found.
    const folder = mkdtempSync(join(import.meta.dirname, '.picture-'));
    try {
      writeFileSync(join(folder, 'page.html'), `<!doctype html><meta charset="utf-8">${fonts()}<style>${STYLE}</style>${html}`);
      const png = await engine.draw(join(folder, 'page.html'));
      expect(png.length).toBeGreaterThan(10_000);
      writeFileSync(join(PICTURES, name), png);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  try {
    const [arabic, english] = await Promise.all([app.answerer.answer(ARABIC), app.answerer.answer(ENGLISH)]);
    const card = cardOf(arabic, app.answerer.index.documents);
    if (!card) throw new Error(`Nothing is cited for ${ARABIC}`);
    writeFileSync(join(PICTURES, 'card.png'), await drawCard(card));
    const messages = [arabic, english].map((answer) => message(answerMessage(answer, true, 'x')));
    await draw('discord.png', `<div>${messages.join('')}</div>`);
    execFileSync('npm', ['run', '--silent', 'index'], { cwd: ROOT });
    await draw('terminal.png', `<div class="terminal">${TERMINAL.map((question) => session(question)).join('<p></p>')}</div>`);
  } finally {
    await engine.close();
    await app.close();
  }
});

function fonts(): string {
  const packages = '../../../node_modules/@expo-google-fonts/ibm-plex-sans-arabic';
  const face = (weight: number, name: string) =>
    `@font-face { font-family: 'IBM Plex Sans Arabic'; font-weight: ${weight}; src: url('${packages}/${weight}${name}/IBMPlexSansArabic_${weight}${name}.ttf'); }`;
  const emoji = '<link rel="stylesheet" href="../node_modules/@fontsource/noto-emoji/400.css">';
  return `${emoji}<style>${face(400, 'Regular')}${face(500, 'Medium')}${face(600, 'SemiBold')}${face(700, 'Bold')}</style>`;
}

function message({ embeds = [], components = [] }: Reply): string {
  const embed = JSON.parse(JSON.stringify(embeds[0])) as APIEmbed;
  const rows = JSON.parse(JSON.stringify(components)) as APIActionRowComponent<APIButtonComponent>[];
  const buttons = rows.map(
    (row) => `<div class="row">${row.components.map((b) => `<span class="button">${'label' in b ? escaped(b.label ?? '') : ''}</span>`).join('')}</div>`,
  );
  const colour = (embed.color ?? 0).toString(16).padStart(6, '0');
  return `<div class="message"><span class="used">↱ <b>salma</b> used <b>/ask</b></span><div class="face">إ</div><div>
    <span class="name">Isnad</span><span class="tag">APP</span>
    <div class="embed" style="border-color: #${colour}"><h4>${inline(shownLines(embed.title ?? '')[0])}</h4>
    ${shownLines(embed.description ?? '')
      .map((line) => `<p class="${line.quote ? 'quote' : ''}">${inline(line)}</p>`)
      .join('')}
    <footer>${escaped(embed.footer?.text ?? '')}</footer></div>${buttons.join('')}</div></div>`;
}

function inline(line: ShownLine | undefined): string {
  return (line?.runs ?? []).map(({ text, bold, underlined }) => `<span class="${bold ? 'b' : ''} ${underlined ? 'u' : ''}">${escaped(text)}</span>`).join('');
}

/** What the terminal shows of a question and its answer: `script` gives the program a terminal of its own. */
function session(question: string): string {
  const command = `node dist/src/cli/main.js ask ${JSON.stringify(question)}`;
  const typed = execFileSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, TERM: 'xterm-256color' },
    encoding: 'utf8',
  });
  const lines = [`$ npm run --silent ask -- ${JSON.stringify(question)}`, ...typed.trimEnd().split(/\r?\n/u)];
  return lines.map((line) => `<p>${coloured(line)}</p>`).join('');
}

/** Select Graphic Rendition (ECMA-48) to HTML: bold, dim, underlined, colours, and what ends them. */
function coloured(line: string): string {
  const on = new Set<string>();
  return line
    .split(/(\u001b\[[\d;]*[A-Za-z])/u)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/u.exec(part)?.[1];
      if (code === undefined) return part.startsWith('\u001b[') ? '' : `<span class="${[...on].join(' ')}">${escaped(part)}</span>`;
      const named = ({ 1: 'b', 2: 'd', 4: 'u' } as Record<string, string>)[code];
      if (named) on.add(named);
      else if (code === '22') for (const weight of ['b', 'd']) on.delete(weight);
      else if (code === '24') on.delete('u');
      else for (const colour of [...on].filter((name) => name.startsWith('c'))) on.delete(colour);
      if (/^3[1-6]$/u.test(code)) on.add(`c${code}`);
      return '';
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
