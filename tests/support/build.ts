import { execFileSync } from 'node:child_process';

/** Compiles the program once before the tests: the encoder's thread and the command line run as JavaScript. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
