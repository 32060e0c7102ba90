import type { Terminal } from '#cli/terminal.ts';

/** A terminal that keeps what was written to it, without colours, with nobody at the keyboard. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string; error: string };
}

/** A terminal for tests of commands. */
export const fakeTerminal = (env: Terminal['env'] = {}, cwd = '/nowhere'): FakeTerminal => {
  const written = { out: '', error: '' };
  return {
    env,
    cwd,
    columns: 120,
    isInteractive: false,
    out: (text) => {
      written.out += text;
    },
    error: (text) => {
      written.error += text;
    },
    paint: (_ink, text) => text,
    paintError: (_ink, text) => text,
    written,
  };
};
