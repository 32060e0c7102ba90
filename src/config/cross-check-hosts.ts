import type { Json } from '#kernel/json.ts';
import type { Mistake } from './document.ts';
import { listed, names, reference, text, type Listed } from './references.ts';

const quoted = (all: readonly string[]): string => all.map((name) => `"${name}"`).join(', ');

const missing = (app: Listed, key: 'service' | 'host', known: readonly string[]): Mistake => {
  const name = text(app.item['name']) ?? '';
  const what = key === 'service' ? 'carries' : 'runs on';
  return {
    path: [...app.path, 'name'],
    at: 'value',
    message: `app "${name}" does not say which ${key} it ${what}`,
    hint: known.length === 0 ? `define one under ${key}s:` : `add ${key}: one of ${quoted(known)}`,
  };
};

/** Without a name an app carries the service that is called like it, or the only one. */
const serviceMistakes = (app: Listed, services: readonly string[]): readonly Mistake[] => {
  if (app.item['service'] !== undefined)
    return reference('service', app.item['service'], [...app.path, 'service'], services);
  const isClear = new Set(services).size === 1 || services.includes(text(app.item['name']) ?? '');
  return isClear ? [] : [missing(app, 'service', services)];
};

/** Without a name an app runs on the only host, or the only local one. */
const placeMistakes = (app: Listed, hosts: readonly Listed[]): readonly Mistake[] => {
  if (app.item['host'] !== undefined) return reference('host', app.item['host'], [...app.path, 'host'], names(hosts));
  const local = hosts.filter(({ item }) => item['local'] === true);
  const isClear = hosts.length <= 1 || local.length === 1;
  return isClear ? [] : [missing(app, 'host', names(hosts))];
};

const machineMistakes = (hosts: readonly Listed[]): readonly Mistake[] => {
  const local = hosts.filter(({ item }) => item['local'] === true);
  const twice = local.slice(1).map(({ path }): Mistake => ({
    path: [...path, 'local'],
    at: 'value',
    message: 'another host is the machine that Dozor runs on already',
    hint: `only one can be: "${text(local[0]?.item['name']) ?? ''}" is`,
  }));
  const far = local
    .filter(({ item }) => item['ssh'] !== undefined)
    .map(({ path }): Mistake => ({
      path: [...path, 'ssh'],
      at: 'value',
      message: 'a local host is not reached by ssh',
      hint: 'leave out either local or ssh',
    }));
  return [...twice, ...far];
};

/** What is wrong between hosts, apps and services. */
export const hostMistakes = (root: Json, services: readonly string[]): readonly Mistake[] => {
  const hosts = listed(root, 'hosts');
  return [
    ...machineMistakes(hosts),
    ...listed(root, 'apps').flatMap((app) => [...serviceMistakes(app, services), ...placeMistakes(app, hosts)]),
  ];
};
