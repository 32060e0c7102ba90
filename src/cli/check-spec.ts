import { isIP } from 'node:net';
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

const hostOf = (url: URL): string => url.hostname.replaceAll(/^\[|\]$/g, '');

const hostSpec = (address: string, url: URL, options: CheckSpecOptions): Json => {
  const host = hostOf(url);
  const port = url.port === '' ? undefined : Number(url.port);
  const ip = optional('ip', options.ip === undefined ? undefined : Number(options.ip));
  if (url.protocol === 'tcp:' && port !== undefined) return { kind: 'tcp', host, port, ...ip };
  if (url.protocol === 'tls:') return { kind: 'tls', host, ...optional('port', port), ...ip };
  if (url.protocol === 'ping:') return { kind: 'ping', host, ...ip };
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
  const version = isIP(hostOf(url));
  if (options.ip !== undefined && version !== 0 && Number(options.ip) !== version)
    throw new Fault(
      'USAGE',
      `${hostOf(url)} is an IPv${version} address: it cannot be asked over IPv${options.ip}.`,
      'Leave --ip out, or name the host.',
    );
  const spec = /^https?:$/.test(url.protocol) ? webSpec(text, options) : hostSpec(address, url, options);
  return { ...(spec as Record<string, Json>), ...optional('timeout', options.timeout) };
};
