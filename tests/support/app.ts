import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../src/config.ts';

/** A folder of its own for a test, under the system's temporary folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'isnad-test-'));
}

/** The configuration as shipped (model and seeds of the repository), with an index folder of its own. */
export function testConfig(environment: Record<string, string> = {}): Config {
  return loadConfig({ INDEX_DIR: temporaryFolder(), ...environment });
}
