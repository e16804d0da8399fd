import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { startPglite } from './postgres.ts';

/** Of the address under which tests reach Postgres: it may be told nowhere. */
export const PASSWORD = 'spelled-out-nowhere';

/** Postgres in this process, behind a {@link Gate}. */
export interface GatedPostgres {
  readonly gate: Gate;
  stop(): Promise<void>;
}

export async function startBehindGate(): Promise<GatedPostgres> {
  const postgres = await startPglite(false);
  const gate = new Gate(Number(new URL(postgres.url).port));
  await gate.open();
  return {
    gate,
    async stop() {
      await gate.close();
      await postgres.stop();
    },
  };
}

/** What clients of a server on loopback connect to: the server, a server that is away, or one that takes connections and says nothing. */
export class Gate {
  /** Whether what is said, in either direction, gets lost. */
  silent = false;
  /** What is not let through: a connection that says it is cut. */
  cutAt: string | undefined;
  readonly #behind: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** @param behind port of the server */
  constructor(behind: number) {
    this.#behind = behind;
  }

  get url(): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${this.#port}/postgres`;
  }

  /** On the same port each time. */
  async open(): Promise<void> {
    const server = createServer((client) => {
      const behind = connect(this.#behind, '127.0.0.1');
      this.#join(client, behind);
      this.#join(behind, client);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      if (this.cutAt !== undefined && bytes.includes(this.cutAt)) from.destroy();
      else if (!this.silent) to.write(bytes);
    });
    // A connection that breaks closes, too.
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
