/**
 * Lets the process outlive its screen and its own slips: neither a terminal or pipe that went away (`dozor | tee log`) nor a promise that
 * nobody waited for may end the watch. What is written to a screen that is gone is lost; the store and the channels go on.
 */
export const outlive = (onBug: (where: string, error: unknown) => void): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => undefined);
  }
  process.on('unhandledRejection', (error) => onBug('a promise that nobody waited for', error));
};
