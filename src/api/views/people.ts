import type { z } from 'zod';
import type { Channel, Contact, Policy } from '#alert/model.ts';
import type { Brain } from '#engine/brain.ts';
import { defined } from '#kernel/defined.ts';
import type { MaintenanceWindow } from '#monitor/model.ts';
import type { ChannelView, ContactView, MaintenanceView, PolicyView, ResourceView } from '../contract/people.ts';
import { masked } from '../mask.ts';
import { time, timeOrNone } from './basics.ts';
import type { Names } from './names.ts';

/** A contact with the names of its channels. */
export const contactView = (contact: Contact, channels: readonly Channel[]): z.input<typeof ContactView> =>
  defined({
    id: contact.id,
    name: contact.name,
    origin: contact.origin,
    locale: contact.locale,
    timezone: contact.timezone,
    quiet: contact.quiet === undefined ? undefined : { ...contact.quiet },
    channels: channels.filter((one) => one.contactId === contact.id).map((one) => one.name),
  });

/** A channel without its configuration (which holds secrets). */
export const channelView = (
  channel: Channel,
  names: Names,
  faults: readonly { readonly channel: string; readonly message: string }[],
): z.input<typeof ChannelView> =>
  defined({
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    origin: channel.origin,
    contactId: channel.contactId,
    contact: names.contact(channel.contactId),
    cap: channel.cap === undefined ? undefined : defined({ ...channel.cap }),
    fault: faults.find((one) => one.channel === channel.name)?.message,
  });

/** A policy. */
export const policyView = (policy: Policy): z.input<typeof PolicyView> =>
  defined({
    id: policy.id,
    name: policy.name,
    origin: policy.origin,
    steps: policy.steps.map((step) => ({ ...step, notify: [...step.notify] })),
    repeatEveryMs: policy.repeatEveryMs,
    until: policy.until,
  });

/** A maintenance window. */
export const maintenanceView = (window: MaintenanceWindow): z.input<typeof MaintenanceView> =>
  defined({
    id: window.id,
    name: window.name,
    origin: window.origin,
    forMs: window.forMs,
    cron: window.cron,
    at: timeOrNone(window.at),
    timezone: window.timezone,
    services: [...window.services],
  });

/** A definition, secrets masked. */
export const resourceView = (
  resource: Omit<ReturnType<Brain['resource']>, 'place'> & { readonly place?: ReturnType<Brain['resource']>['place'] },
): z.input<typeof ResourceView> =>
  defined({
    id: resource.id,
    kind: resource.kind,
    name: resource.name,
    parentId: resource.parentId,
    origin: resource.origin,
    spec: masked(resource.kind, resource.spec) as z.input<typeof ResourceView>['spec'],
    createdAt: time(resource.createdAt),
    place: resource.place === undefined ? undefined : { ...resource.place },
  });
