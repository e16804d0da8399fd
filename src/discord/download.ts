import { UnreadableFile } from '../corpus/formats/unreadable.ts';
import { describe } from '../errors.ts';

/** Milliseconds that a download may take. */
const PATIENCE = 30_000;

/**
 * Fetches a file that Discord holds for somebody.
 *
 * @param most bytes it may have; no more are read, whatever it said of its size
 * @throws UnreadableFile when it is larger or can't be had
 */
export async function download(url: string, most: number): Promise<Uint8Array> {
  const tooLarge = () => new UnreadableFile({ why: 'too large', megabytes: Math.floor(most / 2 ** 20) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: 'error' });
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > most) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile({ why: 'not fetched', detail: describe(error) });
  }
  return Buffer.concat(chunks);
}
