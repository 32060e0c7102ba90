import { catalog } from '#i18n/catalog.ts';
import type { Message } from '../../channel.ts';

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

interface Link {
  readonly label: string;
  readonly url: string;
}

/** What a mail links to: the acknowledgement page first, then the details. Labels are those of the message's own buttons, else the words of its language. */
const linksOf = (message: Message): readonly Link[] => {
  const { button: words } = catalog(message.locale).messages;
  const labelOf = (action: 'acknowledge' | 'details'): string =>
    message.buttons.find((button) => button.action === action)?.label ?? words[action];
  const details = message.link ?? message.buttons.find(({ action }) => action === 'details')?.url;
  return [
    ...(message.ackLink === undefined ? [] : [{ label: labelOf('acknowledge'), url: message.ackLink }]),
    ...(details === undefined ? [] : [{ label: labelOf('details'), url: details }]),
  ];
};

/** The mail as plain text. */
export const textBody = (message: Message): string => {
  const links = linksOf(message).map(({ label, url }) => `${label}: ${url}`);
  return `${[message.title, ...message.lines, ...(links.length === 0 ? [] : ['', ...links])].join('\n')}\n`;
};

const buttonHtml = ({ label, url }: Link): string =>
  `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:10px 18px;border:2px solid;border-radius:8px;color:inherit;text-decoration:none;font-weight:600">${escapeHtml(label)}</a>`;

/** The mail as HTML: no pictures, no colours of its own, so that light and dark readers both show it as they do text. */
export const htmlBody = (message: Message): string => {
  const [first, ...rest] = message.lines;
  return [
    `<!doctype html><html lang="${message.locale}"><head><meta charset="utf-8">`,
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(message.title)}</title></head>`,
    '<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;margin:16px;max-width:640px">',
    `<h1 style="font-size:20px;margin:0 0 8px">${escapeHtml(message.title)}</h1>`,
    first === undefined ? '' : `<p style="margin:0 0 8px"><strong>${escapeHtml(first)}</strong></p>`,
    ...rest.map((line) => `<p style="margin:0 0 4px">${escapeHtml(line)}</p>`),
    `<p style="margin:16px 0 0">${linksOf(message).map(buttonHtml).join('')}</p>`,
    '</body></html>',
  ].join('\n');
};
