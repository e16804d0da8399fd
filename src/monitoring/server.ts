import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Where the program tells how it is doing. */
export interface Monitor {
  /** Base address, for example `http://127.0.0.1:9464`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves `/healthz` (the program lives), `/readyz` (it can answer: 503 and the reasons where it can't) and `/metrics` (Prometheus text format 0.0.4).
 *
 * @param host loopback unless somebody decided otherwise: there is no password
 * @param port 0: any that is free
 * @param notReady why it can't answer; empty when it can
 * @throws the system's error when the port can't be had
 */
export async function startMonitor(host: string, port: number, metrics: Metrics, notReady: () => readonly string[]): Promise<Monitor> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'method not allowed\n');
    if (path === '/healthz') return send(response, 200, 'text/plain', 'ok\n');
    if (path === '/readyz') {
      const reasons = notReady();
      return send(response, reasons.length === 0 ? 200 : 503, 'text/plain', reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`);
    }
    if (path !== '/metrics') return send(response, 404, 'text/plain', 'not found: /healthz, /readyz, /metrics\n');
    metrics.registry.metrics().then(
      (text) => send(response, 200, metrics.registry.contentType, text),
      () => send(response, 500, 'text/plain', 'the metrics could not be gathered\n'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // It must not keep a program alive that is done.
  server.unref();
  const { address, family, port: own } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${own}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
