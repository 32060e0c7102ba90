import type { Ping } from '#engine/deadman.ts';
import { request } from '#network/request.ts';

/** Tells a dead-man's URL that the watch is well. Whatever 2xx answers has heard it. */
export const ping: Ping = async (url, signal, resolver) => {
  const answer = await request({ url, signal, resolver });
  if (!answer.ok) return answer.error.message;
  const { status } = answer.value;
  return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
};
