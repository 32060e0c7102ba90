import { connect } from 'node:net';
import type { Stop } from '../../../kernel/clock.ts';
import { frameReader } from './frame.ts';

/** What is told of the bus. */
export interface BusListener {
  readonly onOpen: () => void;
  readonly onFrame: (name: string, data: unknown) => void;
  /** Once, with the system's code; `closed` when the daemon ended it. */
  readonly onClose: (code: string) => void;
}

/** Listens to PM2's bus until it closes or the returned call. Nothing is replayed: what happens while nobody listens is lost. */
export const listenToBus = (socket: string, listener: BusListener): Stop => {
  const line = connect(socket);
  const read = frameReader();
  let code = 'closed';
  let over = false;
  line.on('connect', listener.onOpen);
  line.on('data', (chunk: Buffer) => {
    try {
      for (const [name, data] of read(chunk)) if (!over && typeof name === 'string') listener.onFrame(name, data);
    } catch {
      // no frames of PM2: whoever holds this socket is not to be listened to
      code = 'malformed';
      line.destroy();
    }
  });
  line.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? 'error';
  });
  line.on('close', () => {
    if (!over) listener.onClose(code);
    over = true;
  });
  return () => {
    over = true;
    line.destroy();
  };
};
