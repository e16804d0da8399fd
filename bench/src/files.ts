import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that is either as it was or as it is to be, whenever the process ends. */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, data);
  await rename(`${file}.new`, file);
}

/** Where what is to be in a folder is while it is being made. */
export function unfinishedFolder(folder: string): string {
  return `${folder}.new`;
}
