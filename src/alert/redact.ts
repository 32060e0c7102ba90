export { MASK, redact, redactJson } from '../kernel/redact.ts';
