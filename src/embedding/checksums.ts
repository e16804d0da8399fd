import { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** Checksums of a model's files, as `sha256sum` writes and checks them. */
const CHECKSUMS_FILE = 'SHA256SUMS';

/** SHA-256 of a file, hexadecimal; computed beside the thread that asks. */
export async function sha256OfFile(path: string): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', readFileSync(path))).toString('hex');
}

/**
 * Reads every file of a folder that its SHA256SUMS lists: with a flipped bit a model still runs, and ranks wrongly.
 *
 * @returns SHA-256 by name; empty where there is no such list
 * @throws UserError (rejects) where a file is missing or is not what the list says
 */
export async function verifiedFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const list = join(folder, CHECKSUMS_FILE);
  if (!existsSync(list)) return new Map();
  const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
  const verified = lines.map(async (line): Promise<[string, string]> => {
    const [, expected, name] = /^([0-9a-f]{64}) [ *](.+)$/u.exec(line) ?? [];
    if (expected === undefined || name === undefined) throw new UserError(`${list} is damaged. Restore the model folder, or set EMBEDDING_MODEL.`);
    const path = join(folder, name);
    if (!existsSync(path)) throw new UserError(`The model folder ${folder} has no ${name}. Restore the model folder, or set EMBEDDING_MODEL.`);
    if ((await sha256OfFile(path)) !== expected)
      throw new UserError(
        `${path} is damaged: it is not what ${CHECKSUMS_FILE} says. Restore the model folder; if you changed it, write its new checksum there.`,
      );
    return [name, expected];
  });
  return new Map(await Promise.all(verified));
}
