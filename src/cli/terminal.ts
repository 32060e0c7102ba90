import { styleText } from 'node:util';
import { processEnvironment } from '#config/environment.ts';

/** Colours that mean something on a screen. */
export type Ink = 'red' | 'green' | 'yellow' | 'gray' | 'bold' | 'cyan';

/** What a command sees of the process it runs in; passed in so that tests own it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Columns of the screen, or 100 when there is none. */
  readonly columns: number;
  readonly isInteractive: boolean;
  /** Writes to standard output, as it is. */
  out(text: string): void;
  /** Writes to standard error, as it is. */
  error(text: string): void;
  /** Colours a text for standard output, if that is a terminal and NO_COLOR is not set. */
  paint(ink: Ink, text: string): string;
  /** The same for standard error. */
  paintError(ink: Ink, text: string): string;
}

/** The terminal of this process. A reader that went away (`dozor … | head`) ends it quietly. */
export const processTerminal = (): Terminal => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    env: processEnvironment(),
    cwd: process.cwd(),
    columns: process.stdout.columns ?? 100,
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    paint: (ink, text) => styleText(ink, text, { stream: process.stdout }),
    paintError: (ink, text) => styleText(ink, text, { stream: process.stderr }),
  };
};
