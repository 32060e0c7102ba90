import { z } from 'zod';
import type { ResourceKind } from '#store/contract.ts';
import { SCHEMAS } from './load.ts';

/** JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const toJson = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any', reused: 'inline' });

/** The zod schema of a thing's definition, apart from its name: for the API, and for what knows secret fields. */
export const schemaOf = (kind: ResourceKind): z.ZodType => SCHEMAS.specs[kind];

/** The same as JSON Schema, for forms. */
export const jsonSchemaOf = (kind: ResourceKind): JsonSchema => toJson(schemaOf(kind));

/** The JSON Schema (draft 2020-12) of the whole configuration file, for editors. */
export const fileJsonSchema = (): JsonSchema => ({
  ...toJson(SCHEMAS.file),
  title: 'The configuration of Dozor (dozor.yaml)',
  $comment:
    'Written by `dozor config schema > dozor.schema.json`. First line of dozor.yaml: # yaml-language-server: $schema=./dozor.schema.json',
});
