/**
 * The API's shapes (zod) and their types: what the web and other clients rely on. Times are ISO 8601 strings in UTC, spans are whole
 * milliseconds in `…Ms`, what is not known is absent, secrets are masked. Paths are in `/api/openapi.json`.
 */
export * from './contract/basics.ts';
export * from './contract/inputs.ts';
export * from './contract/incidents.ts';
export * from './contract/people.ts';
export * from './contract/watch.ts';
export * from './contract/hosts.ts';
