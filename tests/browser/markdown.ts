/** A line of a message as Discord shows it. */
export interface ShownLine {
  readonly quote: boolean;
  readonly runs: readonly { readonly text: string; readonly bold: boolean; readonly underlined: boolean }[];
}

/** An address is shown as it stands; a backslash takes the meaning of the mark after it; two stars begin or end bold, two underscores a line under it. */
const TOKEN = /https?:\/\/[^\s*]+|\\[^\p{L}\p{N}\s]|\*\*|__|./gsu;

/** The little of Discord's Markdown that Isnad writes: bold, underlined, quote blocks, escapes. */
export function shownLines(markdown: string): ShownLine[] {
  return markdown.split('\n').map((line) => {
    const quote = line.startsWith('> ');
    const runs = [{ text: '', bold: false, underlined: false }];
    for (const [token] of (quote ? line.slice(2) : line).matchAll(TOKEN)) {
      const run = runs.at(-1) as (typeof runs)[number];
      if (token === '**') runs.push({ ...run, text: '', bold: !run.bold });
      else if (token === '__') runs.push({ ...run, text: '', underlined: !run.underlined });
      else run.text += token.length > 1 && token.startsWith('\\') ? token.slice(1) : token;
    }
    return { quote, runs: runs.filter(({ text }) => text !== '') };
  });
}

/** Text that Discord shows without reading Markdown: footers. */
export function plainLine(text: string): ShownLine {
  return { quote: false, runs: [{ text, bold: false, underlined: false }] };
}
