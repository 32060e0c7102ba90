import type { z } from 'zod';
import type { Brain } from '#engine/brain.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { ResourceKind } from '#store/contract.ts';
import { DefinedQuery, pageOf } from '../contract/basics.ts';
import { CreateInput, UpdateInput } from '../contract/inputs.ts';
import { ResourceView } from '../contract/people.ts';
import { MASK, mergePatch, unmasked } from '../mask.ts';
import { mapPage, pageInMemory } from '../page-list.ts';
import { defineRoute, type Asked, type Route } from '../route.ts';
import { resourceView } from '../views/people.ts';

/** What the five routes of a kind differ in. */
interface Collection<View extends z.ZodObject, Item> {
  readonly kind: ResourceKind;
  /** The path and tag: `channels`. */
  readonly plural: string;
  readonly view: View;
  list(brain: Brain): readonly Item[];
  idOf(item: Item): string;
  nameOf(item: Item): string;
  show(item: Item, asked: Pick<Asked<unknown, unknown>, 'world' | 'caller' | 'locale'>): z.input<View>;
}

type Listed<View extends z.ZodObject> = { readonly items: z.input<View>[]; readonly next?: string };

const listRoute = <View extends z.ZodObject, Item>(of: Collection<View, Item>): Route =>
  defineRoute({
    method: 'get',
    path: `/${of.plural}`,
    scope: 'viewer',
    tag: of.plural,
    summary: `Lists ${of.plural}`,
    query: DefinedQuery,
    result: pageOf(of.view) as unknown as z.ZodType<unknown, Listed<View>>,
    run: (asked) => {
      const rows = of.list(asked.world.brain).map((item) => ({ id: of.idOf(item), item }));
      return mapPage(pageInMemory(rows, asked.query), (row) => of.show(row.item, asked));
    },
  });

const find = <View extends z.ZodObject, Item>(of: Collection<View, Item>, brain: Brain, id: string): Item => {
  const all = of.list(brain);
  const found = all.find((item) => of.idOf(item) === id) ?? all.find((item) => of.nameOf(item) === id);
  if (found === undefined)
    throw new Fault('NOT_FOUND', `There is no ${of.kind} "${id}".`, `See GET /api/v1/${of.plural}.`);
  return found;
};

const getRoute = <View extends z.ZodObject, Item>(of: Collection<View, Item>): Route =>
  defineRoute({
    method: 'get',
    path: `/${of.plural}/{id}`,
    scope: 'viewer',
    tag: of.plural,
    summary: `Shows one of ${of.plural} with its definition`,
    result: of.view.extend({ definition: ResourceView }) as unknown as z.ZodType<unknown, object>,
    run: (asked) => {
      const item = find(of, asked.world.brain, asked.id);
      const definition = resourceView(asked.world.brain.resource(of.kind, of.idOf(item)));
      return { ...of.show(item, asked), definition };
    },
  });

const refuseMasks = (spec: Json): void => {
  if (JSON.stringify(spec).includes(MASK))
    throw new Fault(
      'INPUT_INVALID',
      `"${MASK}" stands for a secret that is not known here.`,
      'Give the secret itself.',
    );
};

const createRoute = (kind: ResourceKind, plural: string): Route =>
  defineRoute({
    method: 'post',
    path: `/${plural}`,
    scope: 'admin',
    tag: plural,
    summary: `Makes a ${kind}`,
    body: CreateInput,
    result: ResourceView,
    status: 201,
    async run({ world, caller, body }) {
      refuseMasks(body.spec as Json);
      const parent = body.parent ?? body.service ?? body.contact;
      const input = { name: body.name, spec: body.spec as Json, ...(parent === undefined ? {} : { parent }) };
      return resourceView(await world.brain.create(kind, input, caller.actor, caller.trusted));
    },
  });

const editRoute = (kind: ResourceKind, plural: string, method: 'put' | 'patch'): Route =>
  defineRoute({
    method,
    path: `/${plural}/{id}`,
    scope: 'admin',
    tag: plural,
    summary:
      method === 'put'
        ? `Replaces a ${kind}'s definition`
        : `Changes some keys of a ${kind}'s definition (null removes)`,
    body: UpdateInput,
    result: ResourceView,
    async run({ world, caller, id, body }) {
      const before = world.brain.resource(kind, id).spec;
      const given = unmasked(body.spec as Json, before);
      const spec = method === 'put' ? given : mergePatch(before, given);
      refuseMasks(spec);
      return resourceView(await world.brain.update(kind, id, spec, caller.actor, caller.trusted));
    },
  });

const deleteRoute = (kind: ResourceKind, plural: string): Route =>
  defineRoute({
    method: 'delete',
    path: `/${plural}/{id}`,
    scope: 'admin',
    tag: plural,
    summary: `Retires a ${kind}; its history is kept`,
    run: ({ world, caller, id }) => world.brain.remove(kind, id, caller.actor),
  });

/** List, get, create, replace, change and delete for a kind of things. */
export const crud = <View extends z.ZodObject, Item>(of: Collection<View, Item>): readonly Route[] => [
  listRoute(of),
  getRoute(of),
  createRoute(of.kind, of.plural),
  editRoute(of.kind, of.plural, 'put'),
  editRoute(of.kind, of.plural, 'patch'),
  deleteRoute(of.kind, of.plural),
];
