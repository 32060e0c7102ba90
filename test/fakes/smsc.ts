import { recording, type Recording } from './recording.ts';
import { startFakeHttp, type FakeHttp, type FakeOptions, type FakeReply } from './http.ts';

/** An SMS or call that the fake took. */
export interface FakeSmscMessage {
  readonly at: number;
  readonly id: number;
  readonly kind: 'sms' | 'call';
  readonly phones: readonly string[];
  readonly text: string;
  readonly sender?: string;
}

/** SMSC (smsc.kz) on loopback. */
export interface FakeSmsc extends FakeHttp {
  readonly messages: Recording<FakeSmscMessage>;
  /** Refuses the next sends with an error code of SMSC's. */
  refuse(code: number, times?: number): void;
  /** What status.php answers for a message (1 delivered, 20 cannot be delivered). */
  setStatus(id: number, status: number): void;
}

/** Starts the fake; with `login`, only that login and password (or API key) are let in. */
export const startFakeSmsc = async ({
  login = 'onai',
  password = 'smsc-password',
  apiKey = 'smsc-key-0001',
  ...options
}: FakeOptions & {
  readonly login?: string;
  readonly password?: string;
  readonly apiKey?: string;
} = {}): Promise<FakeSmsc> => {
  const messages = recording<FakeSmscMessage>((one) => `${one.kind} ${one.phones.join(',')} ${one.text}`);
  const states = new Map<string, number>();
  let refusals: number[] = [];
  const refused = (code: number): FakeReply => ({ body: { error: 'refused', error_code: code } });

  const send = (form: URLSearchParams, at: number): FakeReply => {
    const code = refusals.shift();
    if (code !== undefined) return refused(code);
    const phones = (form.get('phones') ?? '').split(/[,;]/);
    const text = form.get('mes') ?? '';
    if (text === '' || phones[0] === '') return refused(1);
    if (phones.some((phone) => !/^\+?\d{10,15}$/.test(phone))) return refused(7);
    const id = messages.items.length + 1;
    const sender = form.get('sender');
    messages.add({
      at,
      id,
      kind: form.get('call') === '1' ? 'call' : 'sms',
      phones,
      text,
      ...(sender === null ? {} : { sender }),
    });
    return { body: { id, cnt: phones.length, cost: String(phones.length * 20), balance: '980' } };
  };
  const status = (form: URLSearchParams): FakeReply => {
    const ids = (form.get('id') ?? '').split(',');
    const phones = (form.get('phone') ?? '').split(',');
    const found = ids.map((id, place) => ({
      status: states.get(id) ?? -1,
      last_date: '24.11.2026 05:00:00',
      err: 0,
      ...(ids.length > 1 ? { id: Number(id), phone: phones[place] } : {}),
    }));
    return { body: found.length === 1 ? found[0] : found };
  };

  const server = await startFakeHttp(({ path, body, at }) => {
    const form = new URLSearchParams(body);
    const known = form.get('apikey') === apiKey || (form.get('login') === login && form.get('psw') === password);
    if (!known) return refused(2);
    if (path === '/sys/send.php') return send(form, at);
    if (path === '/sys/status.php') return status(form);
    if (path === '/sys/balance.php') return { body: { balance: '980.50', currency: 'KZT' } };
    return { status: 404, body: 'not found' };
  }, options);
  return {
    ...server,
    messages,
    refuse: (code, times = 1) => {
      refusals = [...refusals, ...Array.from({ length: times }, () => code)];
    },
    setStatus: (id, state) => {
      states.set(String(id), state);
    },
  };
};
