import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of a package that is installed beside this one. */
export function version(name: string): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '../node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
}
