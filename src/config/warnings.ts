import type { Json } from '#kernel/json.ts';
import { isMapping } from './path.ts';
import type { Definition } from './contract.ts';

/** Something that is allowed but hardly meant, at the thing it concerns. */
export interface Warning {
  readonly about?: Definition;
  readonly message: string;
  readonly hint?: string;
}

const field = (definition: Definition, key: string): Json | undefined =>
  isMapping(definition.spec) ? definition.spec[key] : undefined;

const notified = (policies: readonly Definition[]): ReadonlySet<unknown> =>
  new Set(
    policies.flatMap((policy) => {
      const steps = field(policy, 'steps');
      return Array.isArray(steps)
        ? (steps as readonly Json[]).flatMap((step) => (isMapping(step) ? step['notify'] : []))
        : [];
    }),
  );

const silentChannels = (channels: readonly Definition[], policies: readonly Definition[]): readonly Warning[] => {
  const used = notified(policies);
  return channels
    .filter(({ name }) => !used.has(name))
    .map((about) => ({ about, message: `channel "${about.name}" is in no policy: nothing is ever sent to it` }));
};

const unpaired = (channels: readonly Definition[]): readonly Warning[] =>
  channels
    .filter((channel) => field(channel, 'kind') === 'telegram' && field(channel, 'chatId') === undefined)
    .map((about) => ({
      about,
      message: `channel "${about.name}" has no chatId yet`,
      hint: 'write /start to the bot in Telegram: the first who does is the chat and the allowed user',
    }));

/** Names of the services that an app carries. */
const carried = (apps: readonly Definition[], services: readonly Definition[]): readonly unknown[] =>
  apps.map((app) => field(app, 'service') ?? (services.length === 1 ? services[0]?.name : app.name));

/** What is allowed but leaves somebody untold or something unwatched. */
export const warningsOf = (definitions: readonly Definition[]): readonly Warning[] => {
  const of = (kind: Definition['kind']): readonly Definition[] =>
    definitions.filter((definition) => definition.kind === kind);
  const policies = of('policy');
  const hasDefault = policies.some(({ name }) => name === 'default');
  const watched = new Set([...of('monitor').map(({ parent }) => parent), ...carried(of('app'), of('service'))]);
  const untold = of('service').filter((service) => field(service, 'policy') === undefined && !hasDefault);
  return [
    ...(of('channel').length === 0
      ? [
          {
            message: 'no channel is defined: nobody is told',
            hint: 'set TELEGRAM_BOT_TOKEN, or add a channel under contacts',
          },
        ]
      : untold.map((about) => ({
          about,
          message: `service "${about.name}" has no policy, and there is no policy "default": nobody is told of it`,
        }))),
    ...of('service')
      .filter(({ name }) => !watched.has(name))
      .map((about) => ({ about, message: `service "${about.name}" has no monitors: nothing is asked` })),
    ...unpaired(of('channel')),
    ...silentChannels(of('channel'), policies),
  ];
};
