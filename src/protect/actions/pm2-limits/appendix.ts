import { lineEnd } from './splice.ts';
import type { Opened } from './open.ts';

/** The file with a few lines at its end that set the limits of one app, however its list was made; undefined for forms that have no such end. */
export const appendix = ({ text, kind }: Opened, app: string): string | undefined => {
  if (kind !== 'commonjs') return undefined;
  const eol = lineEnd(text, text.length);
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  const lines = [
    '',
    'for (const app of [].concat(module.exports.apps ?? module.exports)) {',
    `  if (app.name === ${JSON.stringify(app)}) Object.assign(app, { max_restarts: 3, min_uptime: '30s' });`,
    '}',
    '',
  ];
  return text + gap + lines.join(eol);
};
