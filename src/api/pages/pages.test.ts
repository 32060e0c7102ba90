import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiUnderTest, type ApiUnderTest } from '../../../test/fakes/api.ts';
import { entry, health, incident, NOON, service, settings } from '../../../test/fakes/samples.ts';
import { ASSETS } from './assets.ts';
import { ownPath } from './form.ts';

const HTML = { accept: 'text/html' };
const FORM = {
  accept: 'text/html',
  'content-type': 'application/x-www-form-urlencoded',
  origin: 'http://127.0.0.1:4600',
};

const signedIn = async (
  under: ApiUnderTest,
  scope: 'viewer' | 'responder' | 'admin' = 'admin',
): Promise<Record<string, string>> => ({
  cookie: `dozor_session=${(await under.auth.tokens.startSession('aidar', scope)).secret}`,
});

const withIncident = async (): Promise<ApiUnderTest> => {
  const under = await apiUnderTest();
  under.brain.store.data.incidents.set('i1', incident('i1', '7F3K'));
  under.brain.store.data.timeline.push(
    entry('t1', 'i1', { type: 'note', by: { name: 'eve', via: 'api' }, text: '<script>alert(1)</script>' }),
  );
  return under;
};

const ackPath = async (under: ApiUnderTest): Promise<string> => {
  const { secret } = await under.auth.oneTime.issue({
    kind: 'ack',
    name: 'sms to duty',
    scope: 'ack',
    data: { incidentId: 'i1' },
  });
  return `/a/${secret}`;
};

test('who is not signed in is sent to sign in, and back afterwards', async () => {
  const under = await apiUnderTest();
  const answer = await under.call('GET', '/i/7F3K', { headers: HTML });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/sign-in?next=%2Fi%2F7F3K');
});

test('a sign-in link works once: GET leaves it alone, POST gives a session that is HttpOnly and Lax', async () => {
  const under = await apiUnderTest();
  const { path } = await under.auth.signIn.link('aidar', 'admin');
  const secret = path.split('#')[1] ?? '';
  await under.call('GET', '/sign-in', { headers: HTML });
  const body = new URLSearchParams({ secret, next: '/i/7F3K' }).toString();
  const answer = await under.call('POST', '/sign-in', { body, headers: FORM });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/i/7F3K');
  const cookie = answer.headers.get('set-cookie') ?? '';
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
  const [session = ''] = cookie.split(';');
  assert.equal((await under.call('GET', '/', { headers: { cookie: session } })).status, 200);
  const again = await under.call('POST', '/sign-in', { body, headers: FORM });
  assert.equal(again.status, 401);
  assert.match(await again.text(), /used already/);
});

test('behind a TLS proxy the session is for https only', async () => {
  const under = await apiUnderTest();
  const { path } = await under.auth.signIn.link('aidar', 'viewer');
  const body = new URLSearchParams({ secret: path }).toString();
  const answer = await under.call('POST', '/sign-in', { body, headers: { ...FORM, 'x-forwarded-proto': 'https' } });
  assert.match(answer.headers.get('set-cookie') ?? '', /Secure/);
});

test('signing out ends the session', async () => {
  const under = await apiUnderTest();
  const headers = await signedIn(under);
  const answer = await under.call('POST', '/sign-out', { headers: { ...FORM, ...headers } });
  assert.equal(answer.status, 303);
  assert.equal((await under.call('GET', '/', { headers: { ...HTML, ...headers } })).status, 303);
});

test('the next page after signing in is one of ours', () => {
  for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', '/a\nb'])
    assert.equal(ownPath(path), '/', path);
  assert.equal(ownPath('/i/7F3K?lang=ru'), '/i/7F3K?lang=ru');
});

test('the overview shows open incidents first, with cause and a button for those who may', async () => {
  const under = await withIncident();
  const page = await (await under.call('GET', '/', { headers: { ...HTML, ...(await signedIn(under)) } })).text();
  assert.ok(page.indexOf('connection refused') < page.indexOf('data-part="services"'));
  assert.match(page, /<form method="post" action="\/i\/7F3K\/acknowledge">/);
  assert.match(page, /since <time[^>]*>08:02:32<\/time>–<time[^>]*>08:02:42<\/time>/);
  const viewer = await (
    await under.call('GET', '/', { headers: { ...HTML, ...(await signedIn(under, 'viewer')) } })
  ).text();
  assert.doesNotMatch(viewer, /acknowledge"/);
});

test('all quiet is said only when every service is up and the watch itself is well', async () => {
  const under = await apiUnderTest();
  const headers = { ...HTML, ...(await signedIn(under)) };
  const look = async (): Promise<string> => (await under.call('GET', '/', { headers })).text();
  assert.match(await look(), /All quiet/);
  under.brain.healthNow = health({ watched: false });
  assert.match(await look(), /Nobody watches the watch/);
  assert.doesNotMatch(await look(), /All quiet/);
  under.brain.healthNow = health();
  under.brain.servicesNow = [service('s1', 'x', 'blind', [])];
  assert.doesNotMatch(await look(), /All quiet/);
  under.brain.servicesNow = [];
  assert.match(await look(), /Nothing is watched yet/);
});

test('the language is that of ?lang, then of the browser, then of the settings', async () => {
  const under = await apiUnderTest();
  const headers = { ...HTML, ...(await signedIn(under)) };
  const lang = async (path: string, more: Record<string, string> = {}): Promise<string | undefined> =>
    /<html lang="(\w+)"/.exec(await (await under.call('GET', path, { headers: { ...headers, ...more } })).text())?.[1];
  under.brain.settingsNow = settings({ locale: 'ru' });
  assert.equal(await lang('/'), 'ru');
  assert.equal(await lang('/', { 'accept-language': 'de, en;q=0.8, ru;q=0.5' }), 'en');
  assert.equal(await lang('/?lang=ru', { 'accept-language': 'en' }), 'ru');
});

test("an incident's page shows its timeline with everything escaped", async () => {
  const under = await withIncident();
  const page = await (await under.call('GET', '/i/7f3k', { headers: { ...HTML, ...(await signedIn(under)) } })).text();
  assert.match(page, /eve: &lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.doesNotMatch(page, /<script>alert/);
});

test('the buttons of an incident act under the name of who is signed in, and lead back', async () => {
  const under = await withIncident();
  const headers = { ...FORM, ...(await signedIn(under, 'responder')) };
  for (const [action, body] of [
    ['acknowledge', ''],
    ['note', 'text=Looking'],
    ['mute', ''],
    ['resolve', ''],
  ] as const) {
    const answer = await under.call('POST', `/i/7F3K/${action}`, { headers, body });
    assert.equal(answer.headers.get('location'), '/i/7F3K', action);
  }
  const actors = under.brain.asked
    .filter((one) => one.what !== 'services')
    .map((one) => [one.what, (one.with.at(-1) as { name: string }).name]);
  assert.deepEqual(actors, [
    ['acknowledge', 'aidar'],
    ['note', 'aidar'],
    ['muteIncident', 'aidar'],
    ['resolve', 'aidar'],
  ]);
});

test('a viewer cannot press them, and an action that does not exist is a 404', async () => {
  const under = await withIncident();
  const viewer = { ...FORM, ...(await signedIn(under, 'viewer')) };
  assert.equal((await under.call('POST', '/i/7F3K/acknowledge', { headers: viewer, body: '' })).status, 403);
  const admin = { ...FORM, ...(await signedIn(under)) };
  for (const action of ['constructor', 'nothing'])
    assert.equal((await under.call('POST', `/i/7F3K/${action}`, { headers: admin, body: '' })).status, 404);
});

test('an acknowledgement link: looking at it does nothing, the button works once', async () => {
  const under = await withIncident();
  const path = await ackPath(under);
  for (const method of ['GET', 'HEAD', 'GET'])
    assert.equal((await under.call(method, path, { headers: HTML })).status, 200);
  assert.equal((await under.brain.store.incident('i1'))?.acknowledged, undefined);
  const done = await under.call('POST', path, { headers: FORM, body: '' });
  assert.equal(done.status, 200);
  assert.deepEqual((await under.brain.store.incident('i1'))?.acknowledged?.by, { name: 'sms to duty', via: 'link' });
  assert.equal((await under.call('POST', path, { headers: FORM, body: '' })).status, 410);
  assert.equal((await under.call('GET', path, { headers: HTML })).status, 410);
});

test('an acknowledgement link ends after 24 hours, and one that was never given out is unknown', async () => {
  const under = await withIncident();
  const path = await ackPath(under);
  under.brain.clock.advance(24 * 3_600_000);
  assert.equal((await under.call('POST', path, { headers: FORM, body: '' })).status, 410);
  assert.equal(
    (await under.call('POST', '/a/dza_never-given-out-to-anybody-at-all', { headers: FORM, body: '' })).status,
    404,
  );
});

test('an incident of a service that was retired keeps its name', async () => {
  const under = await withIncident();
  const headers = { ...HTML, ...(await signedIn(under)) };
  const [gone] = under.brain.servicesNow;
  assert.ok(gone !== undefined);
  under.brain.servicesNow = [];
  under.brain.resources.set(gone.service.id, {
    id: gone.service.id,
    num: 1,
    kind: 'service',
    name: 'Old API',
    origin: 'file',
    spec: {},
    position: 0,
    createdAt: NOON,
    retiredAt: NOON,
  });
  assert.match(await (await under.call('GET', '/i/7F3K', { headers })).text(), /<h1>Old API<\/h1>/);
});

test('guessing acknowledgement links is slow', async () => {
  const under = await withIncident();
  const statuses: number[] = [];
  for (let count = 0; count < 31; count += 1)
    statuses.push((await under.call('GET', `/a/AbCdEfGh${String(count).padStart(4, '0')}`, { headers: HTML })).status);
  assert.deepEqual([...new Set(statuses.slice(0, 30))], [404]);
  assert.equal(statuses[30], 429);
});

test('an acknowledgement page speaks the language of whom its link was sent to', async () => {
  const under = await withIncident();
  const data = { incidentId: 'i1', locale: 'ru' };
  const { secret } = await under.auth.oneTime.issue({ kind: 'ack', name: 'duty', scope: 'ack', data });
  const page = async (query: string): Promise<string> =>
    (await under.call('GET', `/a/${secret}${query}`, { headers: { ...HTML, 'accept-language': 'en' } })).text();
  assert.match(await page(''), /<html lang="ru"/);
  assert.match(await page('?lang=en'), /<html lang="en"/);
});

test('an acknowledgement link works on a full disk too, still only once', async () => {
  const under = await withIncident();
  const path = await ackPath(under);
  under.brain.store.data.full = true;
  assert.equal((await under.call('POST', path, { headers: FORM, body: '' })).status, 200);
  assert.equal((await under.brain.store.incident('i1'))?.acknowledged?.at, NOON);
  assert.equal((await under.call('POST', path, { headers: FORM, body: '' })).status, 401);
});

test('the live part comes alone for ?part=main', async () => {
  const under = await apiUnderTest();
  const part = await (
    await under.call('GET', '/?part=main', { headers: { ...HTML, ...(await signedIn(under)) } })
  ).text();
  assert.doesNotMatch(part, /<html/);
  assert.match(part, /data-part="watch"/);
});

test('assets are kept for ever under the hash of their content; pages name no other script or style', async () => {
  const under = await apiUnderTest();
  for (const asset of Object.values(ASSETS)) {
    const answer = await under.call('GET', asset.path);
    assert.equal(answer.headers.get('content-type'), asset.type);
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
  }
  const page = await (await under.call('GET', '/sign-in', { headers: HTML })).text();
  assert.doesNotMatch(page, /<style|style=|<script(?! type="module" src="\/assets\/)|\son\w+=/);
});

test('what goes wrong is said in words, in the right language; a bug is logged and shows nothing of itself', async () => {
  const under = await apiUnderTest();
  const headers = { ...HTML, ...(await signedIn(under)), 'accept-language': 'ru' };
  const missing = await under.call('GET', '/nowhere', { headers });
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /Такой страницы нет/);
  under.brain.breaks = new TypeError('internal detail');
  const broken = await under.call('GET', '/', { headers });
  assert.equal(broken.status, 500);
  assert.doesNotMatch(await broken.text(), /internal detail/);
  assert.match(under.logged.join('\n'), /internal detail/);
});
