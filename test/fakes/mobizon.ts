import { recording, type Recording } from './recording.ts';
import { startFakeHttp, type FakeHttp, type FakeOptions, type FakeReply } from './http.ts';

/** An SMS that the fake took. */
export interface FakeMobizonMessage {
  readonly at: number;
  readonly id: string;
  readonly recipient: string;
  readonly text: string;
  readonly from?: string;
}

/** Mobizon on loopback. */
export interface FakeMobizon extends FakeHttp {
  readonly messages: Recording<FakeMobizonMessage>;
  /** Refuses sends with a code of Mobizon's from now on; undefined takes them again. */
  refuse(code: number | undefined): void;
  setStatus(id: string, status: string): void;
}

/** Starts the fake with the key that it lets in. */
export const startFakeMobizon = async ({
  apiKey = 'kz0123456789abcdef',
  ...options
}: FakeOptions & { readonly apiKey?: string } = {}): Promise<FakeMobizon> => {
  const messages = recording<FakeMobizonMessage>((one) => `${one.recipient} ${one.text}`);
  const states = new Map<string, string>();
  let refusal: number | undefined;
  const answer = (code: number, data: unknown, message = ''): FakeReply => ({ body: { code, data, message } });

  const server = await startFakeHttp(({ path, query, body, at }) => {
    if (query.get('apiKey') !== apiKey) return answer(8, [], 'wrong key');
    const form = new URLSearchParams(body);
    const method = path.toLowerCase();
    if (method === '/service/user/getownbalance') return answer(0, { balance: '1500.25', currency: 'KZT' });
    if (method === '/service/message/getsmsstatus') {
      const ids = [...form.entries()].filter(([name]) => /^ids\[\d+\]$/.test(name)).map(([, id]) => id);
      return answer(
        0,
        ids.map((id) => ({ id: Number(id), status: states.get(id) ?? 'ACCEPTD', segNum: 1 })),
      );
    }
    if (method !== '/service/message/sendsmsmessage') return answer(5, [], 'no such method');
    if (refusal !== undefined) return answer(refusal, [], 'refused');
    const recipient = form.get('recipient') ?? '';
    if (!/^\d{10,15}$/.test(recipient)) return answer(1, { recipient: 'wrong number' }, 'wrong data');
    const id = String(5_000 + messages.items.length);
    const from = form.get('from');
    messages.add({ at, id, recipient, text: form.get('text') ?? '', ...(from === null ? {} : { from }) });
    return answer(0, { campaignId: '1', messageId: id, status: 2 });
  }, options);
  return {
    ...server,
    messages,
    refuse: (code) => {
      refusal = code;
    },
    setStatus: (id, state) => {
      states.set(id, state);
    },
  };
};
