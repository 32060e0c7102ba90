import { recording, type Recording } from './recording.ts';
import { startFakeHttp, type FakeHttp, type FakeOptions, type FakeReply } from './http.ts';

/** A message or call that the fake took. */
export interface FakeTwilioItem {
  readonly at: number;
  readonly sid: string;
  readonly kind: 'sms' | 'call';
  readonly to: string;
  readonly from: string;
  /** The text, or a call's TwiML. */
  readonly content: string;
}

/** Twilio on loopback. */
export interface FakeTwilio extends FakeHttp {
  readonly items: Recording<FakeTwilioItem>;
  /** Refuses a number with an error of Twilio's (status 400, its code). */
  refuse(number: string, code: number): void;
  setStatus(sid: string, status: string): void;
}

/** Starts the fake with the account that it lets in. */
export const startFakeTwilio = async ({
  accountSid = 'AC00000000000000000000000000000001',
  token = 'twilio-auth-token',
  ...options
}: FakeOptions & { readonly accountSid?: string; readonly token?: string } = {}): Promise<FakeTwilio> => {
  const items = recording<FakeTwilioItem>((one) => `${one.kind} ${one.to} ${one.content}`);
  const refusals = new Map<string, number>();
  const states = new Map<string, string>();
  const wanted = `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`;
  const bad = (status: number, code: number, message: string): FakeReply => ({
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  });

  const take = (kind: FakeTwilioItem['kind'], form: URLSearchParams, at: number): FakeReply => {
    const to = form.get('To') ?? '';
    const code = refusals.get(to);
    if (code !== undefined) return bad(400, code, `refused ${to}`);
    const from = form.get('From') ?? form.get('MessagingServiceSid') ?? '';
    const sid = `${kind === 'sms' ? 'SM' : 'CA'}${String(items.items.length + 1).padStart(32, '0')}`;
    items.add({ at, sid, kind, to, from, content: form.get(kind === 'sms' ? 'Body' : 'Twiml') ?? '' });
    return { status: 201, body: { sid, status: 'queued', num_segments: '1', price: null } };
  };

  const look = (rest: string): FakeReply => {
    if (rest === 'Balance.json') return { body: { account_sid: accountSid, balance: '12.34', currency: 'USD' } };
    const sid = /^(?:Messages|Calls)\/(\w+)\.json$/.exec(rest)?.[1];
    if (sid === undefined || !items.items.some((one) => one.sid === sid)) return bad(404, 20404, 'not found');
    return { body: { sid, status: states.get(sid) ?? 'sent' } };
  };

  const server = await startFakeHttp(({ path, headers, body, at, method }) => {
    if (headers.authorization !== wanted) return bad(401, 20003, 'Authenticate');
    const rest = path.replace(`/2010-04-01/Accounts/${accountSid}/`, '');
    if (method !== 'POST') return look(rest);
    if (rest === 'Messages.json') return take('sms', new URLSearchParams(body), at);
    return rest === 'Calls.json' ? take('call', new URLSearchParams(body), at) : bad(404, 20404, 'not found');
  }, options);
  return {
    ...server,
    items,
    refuse: (number, code) => {
      refusals.set(number, code);
    },
    setStatus: (sid, state) => {
      states.set(sid, state);
    },
  };
};
