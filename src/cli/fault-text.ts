import { Fault, type FaultPlace } from '#kernel/fault.ts';
import type { Terminal } from './terminal.ts';

/** Is it a fault of input, set-up or surroundings (and no bug)? */
export const isFault = (error: unknown): error is Fault => error instanceof Fault;

/** Wrong usage as commander words it: `error: unknown option '--jsn'`, then what was meant. */
export const usageFault = (message: string): Fault => {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  return new Fault('USAGE', first, rest.join(' ').trim() === '' ? '--help says more' : rest.join(' ').trim());
};

const where = (place: FaultPlace): string => {
  const line = place.line === undefined ? '' : `:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
  return place.file === undefined ? '' : `${place.file}${line}`;
};

const placeText = (place: FaultPlace): string => {
  const head = [where(place), place.path].filter((part) => part !== '').join(' ');
  return `  ${head === '' ? '' : `${head}: `}${place.message}${place.hint === undefined ? '' : `\n    ${place.hint}`}\n`;
};

/** A Fault as people read it: the sentence, each place with file:line:column, and what to do next. */
export const faultText = (fault: Fault, terminal: Pick<Terminal, 'paintError'>): string => {
  const places = fault.places.map(placeText).join('');
  const hint = fault.hint === '' ? '' : `  ${fault.hint}\n`;
  return `${terminal.paintError('red', 'dozor:')} ${fault.message}\n${places}${hint}`;
};

/** A Fault as programs read it. */
export const faultJson = (fault: Fault): object => ({
  error: {
    code: fault.code,
    message: fault.message,
    ...(fault.hint === '' ? {} : { hint: fault.hint }),
    ...(fault.places.length === 0 ? {} : { places: fault.places }),
  },
});
