/** The inner side of a thread that answers requests: what ./thread.ts is on the outer one. */
import { parentPort } from 'node:worker_threads';
import { describe, UserError } from '../errors.ts';
import type { FromThread, ToThread } from './protocol.ts';

/** A reply, and the buffers in it that are handed over rather than copied. */
export interface Answered<Reply> {
  readonly reply: Reply;
  readonly transfer: ArrayBuffer[];
}

/** What a thread can do once it has loaded. */
export interface Service<Ready, Request, Reply> {
  readonly ready: Ready;
  answer(request: Request): Promise<Answered<Reply>>;
}

export function tell<Ready, Reply>(message: FromThread<Ready, Reply>, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** Loads, then answers one request after the other until it is told to end. */
export async function serve<Ready, Request, Reply>(load: () => Promise<Service<Ready, Request, Reply>>): Promise<void> {
  try {
    const service = await load();
    let last: Promise<void> = Promise.resolve();
    let closing = false;
    parentPort?.on('message', (message: ToThread<Request>) => {
      if (message.type === 'close') {
        closing = true;
        last = last.then(() => parentPort?.close());
        return;
      }
      const { id, request } = message;
      last = last.then(async () => {
        if (closing) return;
        try {
          const { reply, transfer } = await service.answer(request);
          tell({ type: 'reply', id, reply }, transfer);
        } catch (error) {
          tell({ type: 'error', id, message: describe(error) });
        }
      });
    });
    tell({ type: 'ready', ready: service.ready });
  } catch (error) {
    tell({ type: 'failed', message: describe(error), byUser: error instanceof UserError });
  }
}
