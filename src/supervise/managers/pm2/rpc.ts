import { connect } from 'node:net';
import { err, ok, type Result } from '../../../kernel/result.ts';
import type { Ms } from '../../../kernel/time.ts';
import { frameReader, packFrame } from './frame.ts';

/** The methods that are ever called: PM2's socket would carry out anything. */
export type Pm2Method =
  | 'getMonitorData'
  | 'getVersion'
  | 'ping'
  | 'restartProcessId'
  | 'stopProcessId'
  | 'startProcessId';

/** Why a call came to nothing: the system's code (`ENOENT`, `ECONNREFUSED`, `EACCES`), `timeout`, or PM2's own words as `refused`. */
export interface RpcTrouble {
  readonly code: string;
  readonly says?: string;
}

const TIMEOUT_MS: Ms = 10_000;

const answerOf = (frame: readonly unknown[]): Result<unknown, RpcTrouble> => {
  const answer = frame[0];
  if (typeof answer !== 'object' || answer === null) return err({ code: 'malformed' });
  if ('args' in answer && Array.isArray(answer.args)) return ok(answer.args[0] as unknown);
  const says = 'error' in answer ? String(answer.error) : 'no answer';
  return err({ code: 'refused', says: says.slice(0, 300) });
};

/** Calls a method of PM2's daemon over its socket and resolves with the first value that it returns; never rejects. */
export const callPm2 = async (
  socket: string,
  method: Pm2Method,
  argument: unknown = {},
  timeoutMs: Ms = TIMEOUT_MS,
): Promise<Result<unknown, RpcTrouble>> =>
  new Promise((resolve) => {
    const line = connect(socket);
    const finish = (result: Result<unknown, RpcTrouble>): void => {
      resolve(result);
      line.destroy();
    };
    const read = frameReader();
    line.setTimeout(timeoutMs, () => finish(err({ code: 'timeout' })));
    line.on('connect', () => line.write(packFrame([{ type: 'call', method, args: [argument] }, 'dozor:1'])));
    line.on('data', (chunk: Buffer) => {
      try {
        const frame = read(chunk)[0];
        if (frame !== undefined) finish(answerOf(frame));
      } catch (error) {
        finish(err({ code: 'malformed', says: String(error) }));
      }
    });
    line.on('error', (error: NodeJS.ErrnoException) => finish(err({ code: error.code ?? 'error' })));
    line.on('close', () => finish(err({ code: 'closed' })));
  });
