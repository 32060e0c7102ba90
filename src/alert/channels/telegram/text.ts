import type { Button, Message } from '../../channel.ts';

/** Telegram's limit of a message, in UTF-16 units (core.telegram.org/bots/api#sendmessage). */
const TEXT_LIMIT = 4096;
/** Telegram's limit of a button's data, in bytes (core.telegram.org/bots/api#inlinekeyboardbutton). */
const DATA_LIMIT = 64;
const BUTTONS_A_ROW = 3;

/** A button as the Bot API takes it. */
export type KeyboardButton =
  | { readonly text: string; readonly url: string }
  | { readonly text: string; readonly callback_data: string };

/** Escapes a text for parse mode HTML: only these three are entities there. */
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const plain = (text: string): string => text;

/** As much of a text as fits into so many units once escaped, cut between code points and marked with `…`. */
const fitting = (text: string, room: number, escape: (text: string) => string): string => {
  const whole = escape(text);
  if (whole.length <= room) return whole;
  let cut = '';
  for (const letter of text) {
    const escaped = escape(letter);
    if (cut.length + escaped.length + 1 > room) break;
    cut += escaped;
  }
  return room < 1 ? '' : `${cut}…`;
};

const isPrivateName = (host: string): boolean =>
  !host.includes('.') || /\.(localhost|local|internal|lan|home|test)$/.test(host);
const isPrivateAddress = (host: string): boolean =>
  /^(0|10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(host) || host.startsWith('[');

/** Whether Telegram takes a link as a button: it refuses the whole message for one that is not public http(s). */
export const isPublicUrl = (link: string): boolean => {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname } = new URL(link);
  return /^https?:$/.test(protocol) && !isPrivateName(hostname) && !isPrivateAddress(hostname);
};

const keyOf = (button: Button): KeyboardButton | undefined => {
  if (button.url !== undefined) return isPublicUrl(button.url) ? { text: button.label, url: button.url } : undefined;
  if (button.id === undefined || Buffer.byteLength(button.id) > DATA_LIMIT) return undefined;
  return { text: button.label, callback_data: button.id };
};

/** The inline keyboard of a message, three buttons a row. */
export const keyboardOf = (message: Message): readonly (readonly KeyboardButton[])[] => {
  const keys = message.buttons.map(keyOf).filter((key) => key !== undefined);
  return Array.from({ length: Math.ceil(keys.length / BUTTONS_A_ROW) }, (_, row) =>
    keys.slice(row * BUTTONS_A_ROW, (row + 1) * BUTTONS_A_ROW),
  );
};

/** Links that no button can carry: they stand in the text. */
const spelledLinks = (message: Message): readonly string[] => {
  const refused = message.buttons.flatMap((button) =>
    button.url === undefined || isPublicUrl(button.url) ? [] : [`${button.label}: ${button.url}`],
  );
  const isLinked = message.buttons.some((button) => button.url !== undefined);
  return message.link === undefined || isLinked ? refused : [...refused, message.link];
};

const assemble = (message: Message, escape: (text: string) => string, strong: (text: string) => string): string => {
  let text = strong(fitting(message.title, 1_000, escape));
  for (const line of [...message.lines, ...spelledLinks(message)]) {
    const room = TEXT_LIMIT - text.length - 1;
    if (room < 2) break;
    const part = fitting(line, room, escape);
    text += `\n${part}`;
    if (part !== escape(line)) break;
  }
  return text;
};

/** The message in parse mode HTML: the title bold, all else as it is, never longer than Telegram takes and never cut inside an entity. */
export const htmlOf = (message: Message): string => assemble(message, escapeHtml, (title) => `<b>${title}</b>`);

/** The same without any markup. */
export const plainOf = (message: Message): string => assemble(message, plain, plain);
