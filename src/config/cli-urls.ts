import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { Definition } from './contract.ts';

/** What one word of the command line names. */
interface Target {
  readonly url: string;
  /** What the service may be called, the shortest first; the last is the whole URL. */
  readonly names: readonly string[];
  readonly monitors: readonly { readonly name: string; readonly spec: Readonly<Record<string, Json>> }[];
}

/**
 * The definitions for URLs of the command line: `https://…`, `http://…`, `tcp://host:port`, or a bare host (https, on this very machine
 * http). A service is called by its host, with the path when several are on one. @throws Fault USAGE for what cannot be watched.
 */
export const definitionsFromUrls = (urls: readonly string[]): readonly Definition[] => {
  const targets = [
    ...new Map(urls.map((word) => targetOf(word.trim())).map((target) => [target.url, target])).values(),
  ];
  const found: Definition[] = [];
  for (const { names, monitors } of targets) {
    const rivals = targets.flatMap((target) => (target.names === names ? [] : target.names));
    const name = names.find((candidate) => !rivals.includes(candidate)) ?? names.at(-1) ?? '';
    found.push({ kind: 'service', name, spec: {}, position: found.length });
    for (const monitor of monitors) found.push({ kind: 'monitor', parent: name, ...monitor, position: found.length });
  }
  return found;
};

const HINT = 'Write https://api.example.com/health, tcp://db.example.com:5432, or api.example.com.';

const refuse = (url: string, why: string, hint = HINT): Fault =>
  new Fault('USAGE', `"${url}" cannot be watched: ${why}.`, hint);

const isOwn = (word: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i.test(word);

const withScheme = (word: string): string => {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(word)) return word;
  return `${isOwn(word) ? 'http' : 'https'}://${word}`;
};

/** Without a scheme only a dot or a port tells a host from a word that was meant otherwise. */
const isNamed = (word: string, { hostname }: URL): boolean =>
  /^[a-z][a-z\d+.-]*:\/\//i.test(word) || isOwn(word) || hostname.includes('.') || /^[^/]*:\d+(\/|$)/.test(word);

const targetOf = (word: string): Target => {
  const url = /\s|^-|^$/.test(word) ? null : URL.parse(withScheme(word));
  if (url === null || url.hostname === '' || !isNamed(word, url)) throw refuse(word, 'it is no URL');
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  if (url.username !== '' || url.password !== '')
    throw refuse(
      shown,
      'a password on the command line can be read by everyone on this machine',
      'Name user and password in dozor.yaml, as ${NAME} from the environment.',
    );
  if (url.protocol === 'tcp:') return tcpTarget(url, shown);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse(shown, `${url.protocol.slice(0, -1)} is not asked by Dozor from the command line`);
  return webTarget(url);
};

const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

const tcpTarget = (url: URL, shown: string): Target => {
  const port = Number(url.port);
  if (url.port === '' || port === 0)
    throw refuse(shown, 'a TCP target needs a port', 'Write tcp://db.example.com:5432.');
  if (url.pathname !== '' && url.pathname !== '/')
    throw refuse(shown, 'a TCP target has no path', 'Write tcp://db.example.com:5432.');
  const spec = { kind: 'tcp', host: bareHost(url), port };
  return { url: shown, names: [url.host, shown], monitors: [{ name: 'port', spec }] };
};

const webTarget = (url: URL): Target => {
  const clean = new URL(url);
  clean.hash = '';
  const health = { name: 'health', spec: { kind: 'http', url: clean.href } };
  const port = url.port === '' ? {} : { port: Number(url.port) };
  const certificate = { name: 'certificate', spec: { kind: 'tls', host: bareHost(url), ...port } };
  return {
    url: clean.href,
    names: [url.host, `${url.host}${url.pathname}${url.search}`, clean.href],
    monitors: url.protocol === 'https:' ? [health, certificate] : [health],
  };
};
