import { isIPv4 } from 'node:net';

const fourBytes = (address: string): readonly number[] => address.split('.').map(Number);

const groups = (text: string): readonly number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => {
        if (group.includes('.')) return fourBytes(group);
        const value = Number.parseInt(group, 16);
        return [Math.floor(value / 256), value % 256];
      });

/** An address as its 4 or 16 bytes in network order. The text has to be an address; a zone is left out. */
export const addressBytes = (address: string): Uint8Array => {
  if (isIPv4(address)) return Uint8Array.from(fourBytes(address));
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  return Uint8Array.from([...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]);
};
