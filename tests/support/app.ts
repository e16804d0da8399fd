import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../src/config.ts';
import { READER_FILES } from '../../src/embedding/settings.ts';

/** A folder of its own for a test, under the system's temporary folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'isnad-test-'));
}

/** Whether this process may mount file systems: those that are full or read-only are tested where it may. */
export function mayMount(): boolean {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  }
}

/** The configuration as shipped (model and seeds of the repository), with an index folder of its own. */
export function testConfig(environment: Record<string, string> = {}): Config {
  return loadConfig({ INDEX_DIR: temporaryFolder(), ...environment });
}

/** A copy of the shipped model without its reader and with nothing fitted to it: what any other encoder is. */
export function withoutReader(): string {
  const copy = join(temporaryFolder(), 'multilingual-e5-small-plain');
  cpSync(testConfig().embedding.model, copy, { recursive: true });
  for (const file of [...Object.values(READER_FILES), 'SHA256SUMS']) rmSync(join(copy, file));
  const { reader: _, fit: __, ...settings } = JSON.parse(readFileSync(join(copy, 'isnad.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(copy, 'isnad.json'), JSON.stringify(settings));
  return copy;
}
