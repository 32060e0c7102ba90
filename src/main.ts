import { run } from './cli/run.ts';
import { processTerminal } from './cli/terminal.ts';

/** What is still under way when the command is done (a question that hangs, a request that nobody awaits) is not waited for longer. */
const LAST_WAIT_MS = 2_000;

process.exitCode = await run(process.argv.slice(2), processTerminal());
setTimeout(() => process.exit(), LAST_WAIT_MS).unref();
