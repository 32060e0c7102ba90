import { formatBytes } from '#i18n/format.ts';
import { formatSpan } from '#kernel/time.ts';
import type { ConfigChange, Settings } from './contract.ts';
import { isMapping } from './path.ts';
import { maskUrls } from './secret-fields.ts';

/** `minSpanMs` is written `minSpan: 10s`, `quotaBytes` is written `quota`. */
const written = (key: string, value: unknown): readonly [string, string] => {
  if (typeof value === 'number' && key.endsWith('Ms')) return [key.slice(0, -2), formatSpan(value)];
  if (typeof value === 'number' && key.endsWith('Bytes')) return [key.slice(0, -5), formatBytes(value, 'en')];
  return [key, Array.isArray(value) ? `[${value.join(', ')}]` : maskUrls(String(value))];
};

const flat = (values: object, path = ''): readonly (readonly [string, string])[] =>
  Object.entries(values).flatMap(([key, value]: [string, unknown]) => {
    if (value !== undefined && isMapping(value as never)) return flat(value as object, `${path}${key}.`);
    const [name, text] = written(key, value);
    return [[`${path}${name}`, text] as const];
  });

/** What changed from one state of the settings to the next, a change a key: `network.allowPrivate`, `false → true`. */
export const settingChanges = (before: Settings, after: Settings): readonly ConfigChange[] => {
  const [from, to] = [new Map(flat(before)), new Map(flat(after))];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((name) => {
    const [old, now] = [from.get(name), to.get(name)];
    return old === now
      ? []
      : [{ change: 'changed', kind: 'setting', name, details: [`${old ?? '–'} → ${now ?? '–'}`] } as const];
  });
};
