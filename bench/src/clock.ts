let spent = 0;

/** Milliseconds that embedding took since this was last asked. */
export function timeOfEmbedding(): number {
  const since = spent;
  spent = 0;
  return since;
}

/** Counts what is done as embedding. */
export async function asEmbedding<T>(work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    spent += performance.now() - begun;
  }
}
