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
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  error(text: string): void;
  /** Colours a text for standard output, if that is a terminal and NO_COLOR is not set. */
  paint(ink: Ink, text: string): string;
  /** The same for standard error. */
  paintError(ink: Ink, text: string): string;
}

const UNSAFE = /(?![\t\n])[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;
const ESCAPE = '\u001B';
/** What follows ESC in a colour that `styleText` sets or ends. */
const COLOUR = /^\[\d{1,2}m/;

/**
 * The text without what a terminal would obey (moving the cursor, a new title, hidden lines): names, answers and error texts come from
 * strangers. Line breaks, tabs and colours stay.
 */
export const harmless = (text: string): string =>
  text.replaceAll(UNSAFE, (sign, at: number) =>
    sign === ESCAPE && COLOUR.test(text.slice(at + 1, at + 5)) ? sign : '\uFFFD',
  );

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
    out: (text) => void process.stdout.write(harmless(text)),
    error: (text) => void process.stderr.write(harmless(text)),
    paint: (ink, text) => styleText(ink, text, { stream: process.stdout }),
    paintError: (ink, text) => styleText(ink, text, { stream: process.stderr }),
  };
};
