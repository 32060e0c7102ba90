import { startFakeHttp, type FakeHttp, type FakeOptions } from './http.ts';

/** A gateway of one's own: takes whatever comes; look at its `requests`. */
export const startFakeHttpSms = (options: FakeOptions = {}): Promise<FakeHttp> =>
  startFakeHttp(() => ({ body: { accepted: true } }), options);
