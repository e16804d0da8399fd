/**
 * Something the user can put right: shown as its one-line message, never with a stack trace. Everything else that is thrown is a
 * fault of ours; the boundary (terminal, Discord) says so politely and logs it.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: 1 | 2;

  /**
   * @param message one line: what is wrong, what was expected, what to do
   * @param exitCode process exit code: 2 for wrong usage or configuration, 1 for the rest
   */
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** One line that describes anything thrown. */
export function describe(error: unknown): string {
  // A connection that failed at each of a host's addresses has a code and no message.
  return (error instanceof Error ? error.message || (errorCode(error) ?? error.name) : String(error)).split('\n')[0] ?? '';
}

/** Code of a Node.js system error (`ENOENT`, `EACCES`, …), if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
