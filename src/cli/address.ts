import { Fault } from '#kernel/fault.ts';

/** Reads `HOST:PORT`, `[::1]:PORT` or a bare port. @throws Fault USAGE */
export const parseListen = (text: string): { readonly host: string; readonly port: number } => {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Fault(
      'USAGE',
      `"${text}" is no address to listen on.`,
      'Write HOST:PORT, such as 127.0.0.1:4600 or [::1]:4600',
    );
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
};
