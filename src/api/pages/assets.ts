import { createHash } from 'node:crypto';
import { SCRIPT } from './script.ts';
import { STYLES } from './styles.ts';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b63b0"/><path d="M2 8s2.3-4 6-4 6 4 6 4-2.3 4-6 4-6-4-6-4z" fill="#fff"/><circle cx="8" cy="8" r="2" fill="#0b63b0"/></svg>';

const asset = (name: string, type: string, body: string) => ({
  // The content's hash is in the path, so that browsers may keep it for ever and a new version is loaded at once.
  path: `/assets/${createHash('sha256').update(body).digest('hex').slice(0, 12)}/${name}`,
  type,
  body,
});

/** What pages load besides themselves. */
export const ASSETS = {
  style: asset('page.css', 'text/css; charset=utf-8', STYLES),
  script: asset('page.js', 'text/javascript; charset=utf-8', SCRIPT),
  icon: asset('icon.svg', 'image/svg+xml', ICON),
};
