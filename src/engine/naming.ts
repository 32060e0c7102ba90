import { Fault, type FaultPlace } from '../kernel/fault.ts';
import { unknownChannels } from '../alert/policy.ts';
import type { App, Compiled } from '../config/contract.ts';
import type { Service } from '../monitor/model.ts';
import type { Resource } from '../store/contract.ts';
import type { Registry } from './registry.ts';

const unknownIn = ({ policy, dependsOn }: Service, registry: Registry): readonly FaultPlace[] => {
  const policies = new Set(registry.policies().map(({ name }) => name));
  const services = new Set(registry.services().map(({ name }) => name));
  return [
    ...(policy === undefined || policies.has(policy)
      ? []
      : [{ path: 'policy', message: `there is no policy "${policy}"` }]),
    ...dependsOn
      .filter((name) => !services.has(name))
      .map((name) => ({ path: 'dependsOn', message: `there is no service "${name}"` })),
  ];
};

const unknownNames = (compiled: Compiled, registry: Registry): readonly FaultPlace[] => {
  if (compiled.kind === 'policy')
    return unknownChannels(
      compiled.value,
      registry.channels().map(({ name }) => name),
    );
  if (compiled.kind === 'app') return unknownOf(compiled.value, registry);
  return compiled.kind === 'service' ? unknownIn(compiled.value, registry) : [];
};

const unknownOf = ({ name, service, host }: App, registry: Registry): readonly FaultPlace[] => {
  const services = registry.services().map((one) => one.name);
  const hosts = registry.all('host');
  const wanted = service ?? (services.length === 1 ? services[0] : name);
  const isPlaced = host === undefined ? registry.hostOf({}) !== undefined : hosts.some((one) => one.name === host);
  return [
    ...(wanted !== undefined && services.includes(wanted)
      ? []
      : [
          {
            path: 'service',
            message: service === undefined ? 'the service is not named' : `there is no service "${service}"`,
          },
        ]),
    ...(isPlaced
      ? []
      : [{ path: 'host', message: host === undefined ? 'the host is not named' : `there is no host "${host}"` }]),
  ];
};

/** What it names must be there: a policy's channels, a service's policy and what it depends on. @throws Fault INPUT_INVALID */
export const refuseUnknownNames = (compiled: Compiled, registry: Registry): void => {
  const places = unknownNames(compiled, registry);
  if (places.length > 0)
    throw new Fault('INPUT_INVALID', `It names what is not there: ${places[0]?.message ?? ''}.`, '', { places });
};

/** Control characters and those that turn the direction of writing around would forge lines in logs, mails and terminals. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** A name is one line that nothing can be hidden in. @throws Fault INPUT_INVALID */
export const refuseUnfitName = (name: string): void => {
  if (name.trim() !== '' && name.length <= 200 && !UNFIT.test(name)) return;
  throw new Fault('INPUT_INVALID', 'A name is one line of 1 to 200 letters without control characters.');
};

/** Who names an object: services their policy and what they depend on, policies their channels. */
const usersOf = ({ id, kind, name }: Resource, registry: Registry): readonly string[] => {
  const services = registry.services();
  if (kind === 'policy') return services.filter(({ policy }) => policy === name).map((one) => `service ${one.name}`);
  if (kind === 'host') return registry.appsOn(id).map((app) => `app ${app.name}`);
  if (kind === 'service')
    return [
      ...services.filter(({ dependsOn }) => dependsOn.includes(name)).map((one) => `service ${one.name}`),
      ...registry.appsOf(id).map((app) => `app ${app.name}`),
    ];
  if (kind !== 'channel') return [];
  const tells = registry.policies().filter(({ steps }) => steps.some(({ notify }) => notify.includes(name)));
  return tells.map((policy) => `policy ${policy.name}`);
};

/** What others name is not removed under them: nobody would be told, and nothing would say so. @throws Fault CONFLICT naming the users */
export const refuseInUse = (resource: Resource, registry: Registry): void => {
  const users = usersOf(resource, registry);
  if (users.length > 0)
    throw new Fault(
      'CONFLICT',
      `The ${resource.kind} "${resource.name}" is used by ${users.join(', ')}.`,
      'Change those first.',
    );
};
