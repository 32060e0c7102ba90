import type { MonitorKind } from '../kind.ts';
import { dns } from './dns.ts';
import { heartbeat } from './heartbeat.ts';
import { http } from './http.ts';
import { ping } from './ping.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';

/** Every kind of monitor: a new one is a file and a line here. */
export const KINDS: readonly MonitorKind[] = [http, tcp, tls, dns, ping, heartbeat];

const BY_NAME: ReadonlyMap<string, MonitorKind> = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** The kind of that name; undefined when there is none. */
export const kindOf = (name: string): MonitorKind | undefined => BY_NAME.get(name);
