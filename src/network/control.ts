import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { NameResolver } from '#monitor/kind.ts';

/**
 * One thing on our way to the world that can say that the way is good. It answers or it does not: what it says is of no matter, and a
 * refusal is an answer, since only a living host refuses.
 */
export interface Control {
  /** For people: `gateway 192.0.2.1`. */
  readonly name: string;
  /** Asks once. Resolves to false on silence, when the machine has no way there, and when the signal aborts; never throws. */
  ask(signal: AbortSignal): Promise<boolean>;
}

/** DNS (RFC 1035 § 4.1): id 0x5d0a, recursion desired, one question: the root's name servers. Every resolver can answer it from its hints. */
const ROOT_QUESTION = Buffer.from('5d0a01000001000000000000' + '0000020001', 'hex');

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';

/** Whether a host answers a TCP connection: accepted or refused. */
export const answersTcp = (host: string, port: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean): void => {
      signal.removeEventListener('abort', cut);
      socket.destroy();
      resolve(answer);
    };
    const cut = (): void => end(false);
    socket.once('connect', () => end(true));
    socket.on('error', (error) => end(isRefusal(error)));
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
  });

/** Whether a name server answers anything at all over UDP. */
export const answersDns = (host: string, port: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let isOpen = true;
    const end = (answer: boolean): void => {
      if (!isOpen) return;
      isOpen = false;
      signal.removeEventListener('abort', cut);
      socket.close();
      resolve(answer);
    };
    const cut = (): void => end(false);
    socket.once('message', () => end(true));
    socket.on('error', (error) => end(isRefusal(error)));
    socket.connect(port, host, (error?: Error) => {
      if (!isOpen) return;
      if (error === undefined || error === null) socket.send(ROOT_QUESTION);
      else end(false);
    });
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
  });

/** Whether a host answers one ICMP echo, asked by the system's `ping`; false without that program. */
export const answersPing = (host: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn('ping', ['-n', '-q', '-c1', '-W2', '--', host], {
      stdio: 'ignore',
      signal,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });

const GATEWAY_PORTS = [53, 80, 443];

/**
 * The gateway. Many drop what is sent to closed ports, few drop ICMP: so it is asked in every way until one is answered, and in that way as long
 * as it is.
 */
export const gatewayControl = (address: string): Control => {
  let answering: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  const ways = [
    ...GATEWAY_PORTS.map((port) => (signal: AbortSignal) => answersTcp(address, port, signal)),
    (signal: AbortSignal) => answersPing(address, signal),
  ];
  const first = async (signal: AbortSignal): Promise<boolean> =>
    await Promise.any(
      ways.map(async (way) => {
        if (!(await way(signal))) throw new Error('silence');
        answering ??= way;
      }),
    ).then(
      () => true,
      () => false,
    );
  return {
    name: `gateway ${address}`,
    ask: async (signal) => {
      const answer = await (answering ?? first)(signal);
      if (!answer) answering = undefined;
      return answer;
    },
  };
};

/** A name server, as `ip` or `ip:port` or `[ip]:port`. */
export const resolverControl = (server: string): Control => {
  const { host, port } = splitHostPort(server, 53);
  return { name: `resolver ${server}`, ask: (signal) => answersDns(host, port, signal) };
};

/** A host beyond the gateway, as `host:port`. A name's last known address serves while names cannot be resolved. */
export const anchorControl = (anchor: string, resolver: NameResolver): Control => {
  const { host, port } = splitHostPort(anchor, 443);
  let last: string | undefined;
  let isDoubted = false;
  const lookUp = (signal: AbortSignal): Promise<string | undefined> =>
    resolver.addresses(host, 0, signal).then(
      ([address]) => address,
      () => undefined,
    );
  return {
    name: anchor,
    ask: async (signal) => {
      const asked = last === undefined || isDoubted ? lookUp(signal) : undefined;
      last ??= await asked;
      if (last === undefined) return false;
      const answer = await answersTcp(last, port, signal);
      // it may have moved: the next look asks where the name leads then
      if (isDoubted && !answer) last = (await asked) ?? last;
      isDoubted = !answer;
      return answer;
    },
  };
};

/** Takes `host`, `host:port`, `[v6]:port` or a bare IPv6 address apart. */
export const splitHostPort = (text: string, usual: number): { readonly host: string; readonly port: number } => {
  if (isIPv6(text)) return { host: text, port: usual };
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  return { host: found?.[1] ?? found?.[2] ?? text, port: Number(found?.[3] ?? usual) };
};
