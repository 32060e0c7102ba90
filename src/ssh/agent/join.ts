import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault, FAULTS, type FaultCode } from '../../kernel/fault.ts';
import { MINUTE } from '../../kernel/time.ts';
import type { ErrandCall } from '../errand.ts';
import { agentPlaces } from './layout.ts';

/** The release that joins, and the code that the brain made for it. */
export interface JoinInput {
  readonly release: string;
  readonly code: string;
}

interface Said {
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

const faultIn = (said: string): Fault => {
  const line = said.trim().split('\n').at(-1) ?? '';
  try {
    const { code = '', message = line, hint = '' } = JSON.parse(line) as Said;
    return new Fault(
      Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'JOIN_REFUSED',
      `On the host: ${message}`,
      hint,
    );
  } catch (cause) {
    return new Fault('JOIN_REFUSED', `On the host, joining failed: ${line.slice(0, 300)}`, '', { cause });
  }
};

/**
 * Has the release that was brought join its brain. The code goes by its standard input: the arguments of a process are for everybody to read.
 * @throws Fault what joining says there
 */
export const joinHost = async (call: ErrandCall): Promise<void> => {
  const { release, code } = call.input as JoinInput;
  const places = agentPlaces(homedir());
  const folder = join(places.releases, release);
  mkdirSync(places.data, { recursive: true, mode: 0o700 });
  const words = [join(folder, 'bin/dozor.js'), 'join', '-', '--data', places.data, '--yes', '--json'];
  await new Promise<void>((resolve, reject) => {
    const child = execFile(join(folder, 'node/bin/node'), words, { timeout: MINUTE }, (error, _out, said) => {
      if (error === null) resolve();
      else reject(faultIn(said || error.message));
    });
    child.stdin?.end(`${code}\n`);
  });
};
