/** Settles when the process is told to end: by a signal, or by the end of the process that started it to talk with it. */
export function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, () => resolve());
  });
}
