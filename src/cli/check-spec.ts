import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';

/** What `dozor check` takes besides the URL. */
export interface CheckSpecOptions {
  readonly method?: string;
  readonly header: readonly string[];
  readonly body?: string;
  readonly status?: string;
  readonly keyword?: string;
  readonly timeout?: string;
  readonly ip?: string;
}

const headersOf = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      if (at < 1) throw new Fault('USAGE', `"${line}" is no header.`, 'Write "Name: value".');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );

const optional = (key: string, value: Json | undefined): Readonly<Record<string, Json>> =>
  value === undefined ? {} : { [key]: value };

const webSpec = (url: string, options: CheckSpecOptions): Json => {
  const expect = { ...optional('status', options.status), ...optional('keyword', options.keyword) };
  return {
    kind: 'http',
    url,
    ...optional('method', options.method?.toUpperCase()),
    ...optional('headers', options.header.length === 0 ? undefined : headersOf(options.header)),
    ...optional('body', options.body),
    ...optional('ip', options.ip === undefined ? undefined : Number(options.ip)),
    ...optional('expect', Object.keys(expect).length === 0 ? undefined : expect),
  };
};

const hostSpec = (address: string, url: URL): Json => {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const port = url.port === '' ? undefined : Number(url.port);
  if (url.protocol === 'tcp:' && port !== undefined) return { kind: 'tcp', host, port };
  if (url.protocol === 'tls:') return { kind: 'tls', host, ...optional('port', port) };
  if (url.protocol === 'ping:') return { kind: 'ping', host };
  if (url.protocol === 'dns:') return { kind: 'dns', host };
  throw new Fault(
    'USAGE',
    `"${address}" is no URL that can be checked.`,
    'Write https://…, http://…, tcp://host:port, tls://host, dns://name or ping://host.',
  );
};

/** A monitor's spec, as in dozor.yaml, for a URL of the command line. @throws Fault USAGE */
export const specOf = (address: string, options: CheckSpecOptions): Json => {
  const isOwn = /^(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i.test(address);
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `${isOwn ? 'http' : 'https'}://${address}`;
  if (!URL.canParse(text)) throw new Fault('USAGE', `"${address}" is no URL.`, 'Write https://api.example.com/health');
  const url = new URL(text);
  const spec = /^https?:$/.test(url.protocol) ? webSpec(text, options) : hostSpec(address, url);
  return { ...(spec as Record<string, Json>), ...optional('timeout', options.timeout) };
};
