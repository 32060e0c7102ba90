import { z } from 'zod';
import { port, span } from '#monitor/fields.ts';
import { webField } from './fields.ts';

/** A host without name and id. */
export const hostShape = {
  local: z.boolean().optional().describe('The machine that Dozor runs on: its agent lives in `dozor up`.'),
  ssh: z
    .string()
    .regex(/^(?!-)[^\s@:]+@(?!-)[^\s@]+$/, 'must be user@host')
    .optional()
    .describe('How to reach it: user@host.'),
  pm2Home: z.string().min(1).optional().describe("PM2's folder, ~/.pm2 by default."),
};

/** Globs of what a build leaves behind, within the app's folder: what they match may be moved away. */
const artifactField = (): z.ZodString =>
  z
    .string()
    .min(1)
    .refine(
      (glob) => !/^[/~\\]/.test(glob) && !glob.split(/[/\\]/).includes('..'),
      'must lie in the folder of the app: no / or ~ at the beginning, no ..',
    )
    .refine((glob) => !/^[./*]*$/.test(glob), 'matches everything: name what a build leaves, such as dist/');

const textMap = (): z.ZodRecord<z.ZodString, z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean]>> =>
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const command = (): z.ZodArray<z.ZodString> => z.array(z.string()).min(1);

const smokeField = (): z.ZodObject =>
  z.strictObject({
    path: z.string().startsWith('/', 'must begin with /'),
    method: z.string().optional(),
    status: z.union([z.int().min(100).max(599), z.string()]).optional(),
    json: z.record(z.string(), z.json()).optional(),
    keyword: z.string().optional(),
    passes: z.int().min(1).optional().describe('So many good answers in a row.'),
    timeout: span().optional(),
  });

const deployField = (): z.ZodObject =>
  z.strictObject({
    root: z.string().describe('The folder that holds the releases.'),
    repo: z.string().optional().describe('A repository on the host.'),
    subdir: z.string().optional(),
    build: z.array(command()).optional().describe('Commands as lists of arguments.'),
    start: command().optional().describe('The command that starts the app, as a list of arguments.'),
    port: port().optional().describe('The public port.'),
    single: z.boolean().optional().describe('true: never two at once.'),
    env: textMap().meta({ secret: true }).optional(),
    smoke: z.array(smokeField()).optional(),
    public: webField().optional(),
    switch: z.enum(['gate', 'proxy']).optional(),
    verify: span().optional(),
    bake: span().optional(),
    keep: z.int().min(1).optional(),
  });

/** An app without name and id. */
export const appShape = {
  service: z.string().optional().describe('The service that it carries, by its name.'),
  host: z.string().optional().describe('The host that it runs on, by its name.'),
  manager: z.enum(['pm2', 'systemd', 'gate']).default('pm2').describe('Who keeps it running.'),
  dir: z.string().min(1).optional().describe('Its folder on the host.'),
  ecosystem: z.string().min(1).optional().describe("PM2's file for it, from its folder."),
  envFile: z
    .string()
    .min(1)
    .optional()
    .describe('The file with its environment, from its folder; only names are read.'),
  health: webField().optional().describe('Asked on the host itself every 5 s.'),
  port: port().optional().describe('The port that it listens on; that of `health` when it is left out.'),
  artifacts: z.array(artifactField()).default([]).describe('What a build leaves behind, such as dist/.'),
  repair: z
    .enum(['off', 'ask', 'auto'])
    .default('ask')
    .describe('ask: a tap is needed; auto: what a trial boot proved and undo can revert, once per cause and hour.'),
  deploy: deployField().optional(),
};
