/** What the real Bot API refuses, in its own words; undefined for what it takes. */
export type Complaint = string | undefined;

const TAGS = new Set(['b', 'strong', 'i', 'em', 'u', 's', 'code', 'pre', 'a', 'blockquote', 'tg-spoiler']);

const TOKEN = /<(\/?)([a-z][a-z0-9-]*)(?:\s[^<>]*)?>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);|[^<&]/giu;

const nestingComplaint = (open: string[], closes: boolean, name: string): Complaint => {
  if (!TAGS.has(name)) return `can't parse entities: Unsupported start tag "${name}"`;
  if (!closes) open.push(name);
  else if (open.pop() !== name) return "can't parse entities: Unmatched end tag";
  return undefined;
};

/** Parses HTML as the Bot API does: its few tags, each closed in order, and `<`, `&` only as entities. Gives the text. */
export const parseHtml = (html: string): { readonly text: string } | { readonly complaint: string } => {
  const open: string[] = [];
  let text = '';
  let read = 0;
  for (const token of html.matchAll(TOKEN)) {
    if (token.index !== read) break;
    read += token[0].length;
    const [whole, slash, name] = token;
    if (name === undefined) text += whole.length > 1 && whole.startsWith('&') ? '?' : whole;
    else {
      const complaint = nestingComplaint(open, slash === '/', name);
      if (complaint !== undefined) return { complaint };
    }
  }
  if (read < html.length) return { complaint: "can't parse entities: Unsupported start tag or entity" };
  return open.length > 0 ? { complaint: `can't parse entities: Can't find end tag for "${open[0]}"` } : { text };
};

const isPublicUrl = (url: string): boolean => {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /^(https?|tg):/.test(url) && host.includes('.') && !/^(127\.|10\.|192\.168\.)|localhost$/.test(host);
};

const buttonComplaint = (button: unknown): Complaint => {
  const {
    text = '',
    url,
    callback_data: data = '',
  } = button as { text?: string; url?: string; callback_data?: string };
  if (text === '') return 'BUTTON_TEXT_EMPTY';
  if (url !== undefined)
    return isPublicUrl(url) ? undefined : `inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`;
  const size = Buffer.byteLength(data);
  return size >= 1 && size <= 64 ? undefined : 'BUTTON_DATA_INVALID';
};

/** Looks at a sendMessage or editMessageText as the Bot API does. */
export const complaintAbout = (message: Readonly<Record<string, unknown>>): Complaint => {
  const text = typeof message['text'] === 'string' ? message['text'] : '';
  const parsed = message['parse_mode'] === 'HTML' ? parseHtml(text) : { text };
  if ('complaint' in parsed) return parsed.complaint;
  if (parsed.text.trim() === '') return 'message text is empty';
  if (parsed.text.length > 4096) return 'message is too long';
  const markup = message['reply_markup'] as { inline_keyboard?: readonly (readonly unknown[])[] } | undefined;
  return markup?.inline_keyboard
    ?.flat()
    .map(buttonComplaint)
    .find((complaint) => complaint !== undefined);
};
