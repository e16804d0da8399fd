let spent = 0;
let running = 0;
let since = 0;

/** Milliseconds that embedding took since this was last asked; those of one still under way count once it ends. */
export function timeOfEmbedding(): number {
  const time = spent;
  spent = 0;
  return time;
}

/** Counts what is done as embedding; what is done at once counts once. */
export async function asEmbedding<T>(work: () => Promise<T>): Promise<T> {
  if (running++ === 0) since = performance.now();
  try {
    return await work();
  } finally {
    if (--running === 0) spent += performance.now() - since;
  }
}
