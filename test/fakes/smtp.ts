import net, { type AddressInfo, type Socket } from 'node:net';
import { recording, type Recording } from './recording.ts';

/** A mail that the fake took. */
export interface FakeMail {
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  /** Who signed in; undefined without AUTH. */
  readonly user?: string;
  /** Head and body as sent, dots unstuffed. */
  readonly raw: string;
  readonly headers: ReadonlyMap<string, string>;
  /** All text parts decoded (base64, quoted-printable), one after the other. */
  readonly text: string;
}

/** The steps of a conversation that can be made to fail. */
export type SmtpStep = 'connect' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END';

/** A mail server on loopback. */
export interface FakeSmtp {
  readonly url: string;
  readonly port: number;
  readonly mails: Recording<FakeMail>;
  /** Commands as they came, without passwords. */
  readonly commands: readonly string[];
  /** Answers a step with this reply (`550 no such user`), or never (`hang`), `times` times (for ever when absent). */
  fail(step: SmtpStep, how: string, times?: number): void;
  behave(): void;
  close(): Promise<void>;
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

const headersOf = (head: string): ReadonlyMap<string, string> =>
  new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );

const decodePart = (part: string): string => {
  const [head = '', ...rest] = part.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const encoding = /content-transfer-encoding:\s*(\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuoted(body) : body;
};

const textOf = (raw: string): string => {
  const boundary = /boundary="?([^"\r\n;]+)"?/i.exec(raw)?.[1];
  if (boundary === undefined) return decodePart(raw);
  return raw
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => decodePart(part.replace(/^\r\n/, '')))
    .join('\n');
};

interface Session {
  from: string;
  to: string[];
  user?: string;
}

type Answer = (text: string) => void;

/** Starts the mail server. With `login`, only that user and password are let in. */
export const startFakeSmtp = async ({
  port = 0,
  login,
}: {
  readonly port?: number;
  readonly login?: { readonly user: string; readonly password: string };
} = {}): Promise<FakeSmtp> => {
  const mails = recording<FakeMail>((mail) => `${mail.from} → ${mail.to.join(',')}`);
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let faults: { step: SmtpStep; how: string; left: number }[] = [];

  /** True when the step was made to fail, and was answered so. */
  const fails = (step: SmtpStep, answer: Answer): boolean => {
    const fault = faults.find((one) => one.step === step && one.left > 0);
    if (fault === undefined) return false;
    fault.left -= 1;
    if (fault.how !== 'hang') answer(fault.how);
    return true;
  };

  const letIn = (session: Session, user: string, password: string, answer: Answer): void => {
    if (fails('AUTH', answer)) return;
    if (login !== undefined && (login.user !== user || login.password !== password)) {
      answer('535 5.7.8 Authentication credentials invalid');
      return;
    }
    session.user = user;
    answer('235 2.7.0 Accepted');
  };

  const take = (session: Session, raw: string, answer: Answer): void => {
    if (fails('END', answer)) return;
    const headEnd = raw.indexOf('\r\n\r\n');
    mails.add({
      at: Date.now(),
      from: session.from,
      to: session.to,
      ...(session.user === undefined ? {} : { user: session.user }),
      raw,
      headers: headersOf(raw.slice(0, headEnd)),
      text: textOf(raw),
    });
    answer('250 2.0.0 Ok: queued');
  };

  const talk = (socket: Socket): void => {
    const session: Session = { from: '', to: [] };
    const answer: Answer = (text) => socket.write(`${text}\r\n`);
    let data: string[] | undefined;
    let expected: ((line: string) => void) | undefined;
    const plain = (encoded: string): void => {
      const [, user = '', password = ''] = Buffer.from(encoded, 'base64').toString('utf8').split('\0');
      letIn(session, user, password, answer);
    };
    const askLogin = (): void => {
      answer('334 VXNlcm5hbWU6');
      expected = (user) => {
        answer('334 UGFzc3dvcmQ6');
        expected = (password) =>
          letIn(session, Buffer.from(user, 'base64').toString(), Buffer.from(password, 'base64').toString(), answer);
      };
    };
    const COMMANDS: Readonly<Record<string, (rest: string) => void>> = {
      EHLO: () => fails('EHLO', answer) || answer('250-fake\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME'),
      HELO: () => answer('250 fake'),
      'AUTH PLAIN': (rest) => {
        if (rest !== '') plain(rest);
        else {
          answer('334 ');
          expected = plain;
        }
      },
      'AUTH LOGIN': askLogin,
      MAIL: (rest) => {
        session.from = /<(.*?)>/.exec(rest)?.[1] ?? '';
        session.to = [];
        if (!fails('MAIL', answer)) answer('250 Ok');
      },
      RCPT: (rest) => {
        if (fails('RCPT', answer)) return;
        session.to.push(/<(.*?)>/.exec(rest)?.[1] ?? '');
        answer('250 Ok');
      },
      DATA: () => {
        if (fails('DATA', answer)) return;
        data = [];
        answer('354 End data with <CR><LF>.<CR><LF>');
      },
      RSET: () => answer('250 Ok'),
      NOOP: () => answer('250 Ok'),
      QUIT: () => {
        answer('221 Bye');
        socket.end();
      },
    };
    const command = (line: string): void => {
      const name = Object.keys(COMMANDS).find((one) => line.toUpperCase().startsWith(one));
      commands.push(name?.startsWith('AUTH') === true ? name : line);
      if (name === undefined) answer('502 Not implemented');
      else COMMANDS[name]?.(line.slice(name.length).trim());
    };
    const onLine = (line: string): void => {
      if (data !== undefined) {
        if (line === '.') {
          const raw = data.join('\r\n');
          data = undefined;
          take(session, raw, answer);
        } else data.push(line.startsWith('.') ? line.slice(1) : line);
      } else if (expected === undefined) command(line);
      else {
        const reply = expected;
        expected = undefined;
        reply(line);
      }
    };
    let rest = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      rest += chunk;
      const lines = rest.split('\r\n');
      rest = lines.pop() ?? '';
      lines.forEach((line) => onLine(Buffer.from(line, 'latin1').toString('utf8')));
    });
    if (!fails('connect', answer)) answer('220 fake ESMTP');
  };

  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    talk(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    port: bound,
    mails,
    commands,
    fail: (step, how, times = Infinity) => {
      faults.push({ step, how, left: times });
    },
    behave: () => {
      faults = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
