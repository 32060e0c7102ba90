import { createHmac, timingSafeEqual } from 'node:crypto';
import { recording, type Recording } from './recording.ts';
import { startFakeHttp, type FakeHttp, type FakeOptions } from './http.ts';

/** A webhook call, with whether its signature is right. */
export interface FakeHook {
  readonly at: number;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly signed: boolean;
}

/** A receiver of webhooks that checks signatures as the recipe says. */
export interface FakeWebhook extends FakeHttp {
  readonly hooks: Recording<FakeHook>;
}

const isSigned = (secret: string, timestamp: string, body: string, signature: string): boolean => {
  const wanted = Buffer.from(`v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`);
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
};

/** Starts a webhook receiver that answers 204. */
export const startFakeWebhook = async ({
  secret = '',
  ...options
}: FakeOptions & { readonly secret?: string } = {}): Promise<FakeWebhook> => {
  const hooks = recording<FakeHook>((hook) => `${hook.id} ${JSON.stringify(hook.body)}`);
  const server = await startFakeHttp((request) => {
    const timestamp = String(request.headers['x-dozor-timestamp'] ?? '');
    hooks.add({
      at: request.at,
      id: String(request.headers['x-dozor-id'] ?? ''),
      body: JSON.parse(request.body) as Record<string, unknown>,
      headers: request.headers,
      signed: isSigned(secret, timestamp, request.body, String(request.headers['x-dozor-signature'] ?? '')),
    });
    return { status: 204 };
  }, options);
  return { ...server, hooks };
};
