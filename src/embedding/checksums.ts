import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** Checksums of a model's files, as `sha256sum` writes and checks them. */
const CHECKSUMS_FILE = 'SHA256SUMS';

/** Bytes of a file that are read at a time: in one buffer that stays, since fresh memory for whole weights takes longer than their checksum. */
const CHUNK = 1 << 18;

/** SHA-256 of a file, hexadecimal. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  const file = openSync(path, 'r');
  try {
    for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) hash.update(chunk.subarray(0, bytes));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/**
 * Reads every file of a folder that its SHA256SUMS lists: with a flipped bit a model still runs, and ranks wrongly.
 *
 * @returns SHA-256 by name; empty where there is no such list
 * @throws UserError where a file is missing or is not what the list says
 */
export function verifiedFiles(folder: string): ReadonlyMap<string, string> {
  const list = join(folder, CHECKSUMS_FILE);
  if (!existsSync(list)) return new Map();
  const lines = readFileSync(list, 'utf8').trimEnd().split('\n');
  const verified = lines.map((line): [string, string] => {
    const [, expected, name] = /^([0-9a-f]{64}) [ *](.+)$/u.exec(line) ?? [];
    if (expected === undefined || name === undefined) throw new UserError(`${list} is damaged. Restore the model folder, or set EMBEDDING_MODEL.`);
    const path = join(folder, name);
    if (!existsSync(path)) throw new UserError(`The model folder ${folder} has no ${name}. Restore the model folder, or set EMBEDDING_MODEL.`);
    if (sha256OfFile(path) !== expected)
      throw new UserError(
        `${path} is damaged: it is not what ${CHECKSUMS_FILE} says. Restore the model folder; if you changed it, write its new checksum there.`,
      );
    return [name, expected];
  });
  return new Map(verified);
}
