import { fileURLToPath } from 'node:url';
import { goOnAs } from '../witness/lean.ts';

/** What an agent is told when it begins. Holds no secrets. */
export interface AgentTask {
  readonly dir: string;
  readonly version: string;
}

/** A small young generation and data packed for size; measured by bench/agent-memory.ts. */
const FLAGS: readonly string[] = ['--max-semi-space-size=1', '--expose-gc', '--optimize-for-size', '--no-maglev'];

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Becomes the agent: the same process goes on as a lean program. Never returns. */
export const becomeAgent = (task: AgentTask, environment: Readonly<Record<string, string | undefined>>): never =>
  goOnAs({ main: MAIN, flags: FLAGS, dir: task.dir, task }, environment);
