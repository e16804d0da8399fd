/**
 * File of a thread's module. Node 20 starts no thread from TypeScript: where the program runs as source (tests), its threads run what `npm run build` made of them.
 *
 * @param path below src/, without extension
 */
export function threadFile(path: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../dist/src/${path}.js` : `./${path}.js`, import.meta.url);
}
