import { z } from 'zod';
import { MINUTE } from '#kernel/time.ts';
import { AnyJson } from './basics.ts';

const name = z.string().trim().min(1).max(200);
/** As in dozor.yaml: the keys of the thing, spans as `2m`, secrets as text or `${NAME}`. Masked secrets that come back unchanged are kept. */
export const SpecInput = z
  .record(z.string().max(200), AnyJson)
  .meta({ id: 'Spec', example: { kind: 'http', url: 'https://api.example.com/health', every: '1m' } });

/** Makes a thing. `parent` is the service of a monitor or the contact of a channel (also as `service`, `contact`). */
export const CreateInput = z
  .strictObject({
    name,
    parent: name.optional(),
    service: name.optional(),
    contact: name.optional(),
    spec: SpecInput.default({}),
  })
  .meta({ id: 'CreateInput' });

/** Changes a thing: the whole new spec. */
export const UpdateInput = z.strictObject({ spec: SpecInput }).meta({ id: 'UpdateInput' });

/** A note for the timeline. */
export const NoteInput = z.strictObject({ text: z.string().trim().min(1).max(4_000) }).meta({ id: 'NoteInput' });

/** For how long nobody is told. */
export const MuteInput = z
  .strictObject({
    forMs: z
      .int()
      .min(0)
      .max(30 * 24 * 60 * MINUTE)
      .default(60 * MINUTE),
  })
  .meta({ id: 'MuteInput' });

/** Asks once with a monitor's spec that is not saved. */
export const TryInput = z.strictObject({ spec: SpecInput }).meta({ id: 'TryInput' });

/** Announces a deploy: the service's own blip is forgiven for `graceMs`. */
export const DeployInput = z
  .strictObject({
    service: name.optional(),
    version: z.string().max(200).optional(),
    by: z.string().max(200).optional(),
    graceMs: z
      .int()
      .min(0)
      .max(60 * MINUTE)
      .optional(),
  })
  .meta({ id: 'DeployInput' });

/** Makes an API token; its secret is in the answer and never again. */
export const TokenInput = z
  .strictObject({
    name,
    scope: z.enum(['viewer', 'responder', 'admin']),
    expiresAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'TokenInput' });

/** Makes a one-time sign-in link. */
export const SignInLinkInput = z
  .strictObject({ name: name.default('admin'), scope: z.enum(['viewer', 'responder', 'admin']).default('admin') })
  .meta({ id: 'SignInLinkInput' });

export type CreateInput = z.output<typeof CreateInput>;
export type SpecInput = z.output<typeof SpecInput>;
