import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as PEM. */
interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** An authority in a temporary folder, made with the machine's openssl. */
export interface Authority {
  readonly ca: string;
  /** Issues a certificate for names (`DNS:localhost`, `IP:127.0.0.1`), valid in a span of days from now. */
  issue(names: readonly string[], fromDays: number, toDays: number): Issued;
  selfSigned(name: string): Issued;
  remove(): void;
}

const CONFIG = `
[ca]
default_ca = here
[here]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;

const moment = (days: number): string =>
  new Date(Date.now() + days * 86_400_000)
    .toISOString()
    .replace(/[-:T]/g, '')
    .replace(/\.\d+Z$/, 'Z');

/** Makes an authority. */
export const makeAuthority = (): Authority => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-certificates-'));
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  };
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  writeFileSync(join(dir, 'ca.cnf'), CONFIG);
  writeFileSync(join(dir, 'index.txt'), '');
  writeFileSync(join(dir, 'serial'), '1000\n');
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test Authority',
    '-days',
    '30',
  );
  let count = 0;
  return {
    ca: read('ca.pem'),
    issue: (names, fromDays, toDays) => {
      count += 1;
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) => `leaf${count}.${end}`);
      writeFileSync(join(dir, extensions ?? ''), `subjectAltName=${names.join(',')}\n`);
      openssl('req', '-new', ...curve, '-keyout', key ?? '', '-out', request ?? '', '-subj', '/CN=leaf');
      const span = ['-startdate', moment(fromDays), '-enddate', moment(toDays)];
      const files = ['-in', request ?? '', '-out', cert ?? '', '-extfile', extensions ?? ''];
      openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', ...files, ...span);
      return { cert: read(cert ?? ''), key: read(key ?? '') };
    },
    selfSigned: (name) => {
      const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
      openssl('req', '-x509', ...curve, '-keyout', 'self.key', '-out', 'self.pem', '-days', '9', ...named);
      return { cert: read('self.pem'), key: read('self.key') };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};
