import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { reason } from '#monitor/reason.ts';
import { apiUnderTest, type ApiUnderTest } from '../../../test/fakes/api.ts';
import { entry, health, incident, monitor, NOON, service, standing } from '../../../test/fakes/samples.ts';

/** Debian's Chromium; nothing of its own may go to the network. */
const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** Runs in the page: texts whose contrast with their ground is below 4.5:1 (WCAG 2.2, 1.4.3). */
const FAINT_TEXTS = `(() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const ground = (node) => {
    if (node === null) return [255, 255, 255];
    const colour = numbers(getComputedStyle(node).backgroundColor);
    return colour[3] === 0 ? ground(node.parentElement) : colour;
  };
  const faint = [];
  for (const node of document.querySelectorAll('body *')) {
    const text = [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.textContent.trim()).join('');
    if (text === '' || node.getClientRects().length === 0 || node.classList.contains('skip')) continue;
    const [one, other] = [light(numbers(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + text);
  }
  return faint;
})()`;

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS.split(' ') });
});
after(() => browser.close());

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

interface Opened {
  readonly under: ApiUnderTest;
  readonly base: string;
  readonly page: Page;
  readonly wrong: string[];
  readonly stopServer: () => Promise<void>;
}

const open = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> => {
  const under = await apiUnderTest();
  const listening = await under.api.listen({ host: '127.0.0.1', port: 0 });
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  let stopping: Promise<void> | undefined;
  const stopServer = (): Promise<void> => (stopping ??= listening.close(0));
  toClose.push(async () => {
    await context.close();
    await stopServer();
  });
  return {
    under,
    base: `http://127.0.0.1:${listening.port}`,
    page,
    wrong,
    stopServer,
  };
};

const signIn = async ({ under, base, page }: Opened): Promise<void> => {
  const { path } = await under.auth.signIn.link('aidar', 'admin');
  await page.goto(base + path);
  await page.click('#enter');
  await page.waitForSelector('.connection[data-state="on"]');
};

const breakService = ({ under }: Opened): void => {
  under.brain.servicesNow = [
    service('s1', 'OnAI Backend API', 'down', [standing(monitor('m1', { name: 'health' }), 'down')]),
  ];
  under.brain.store.data.incidents.set('i1', incident('i1', '7F3K'));
  under.brain.store.data.timeline.push(
    entry('t1', 'i1', { type: 'opened', monitorId: 'm1', reason: reason('tcp.refused') }),
  );
  under.brain.emit({ at: NOON, type: 'verdict', data: {} });
};

test('a sign-in link is used up by the button only, and its code leaves the address bar', async () => {
  const opened = await open();
  const { under, base, page } = opened;
  const { path } = await under.auth.signIn.link('aidar', 'admin');
  await page.goto(base + path);
  await page.waitForURL(`${base}/sign-in`);
  assert.equal((await under.auth.oneTime.look('sign-in', path.split('#')[1] ?? '')).state, 'good');
  assert.equal(await page.locator('#code-field').isVisible(), false);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#live');
  assert.equal((await under.auth.oneTime.look('sign-in', path.split('#')[1] ?? '')).state, 'used');
  assert.deepEqual(opened.wrong, []);
});

test('an incident appears without a reload, and is acknowledged by its button', async () => {
  const opened = await open();
  await signIn(opened);
  const { page, under } = opened;
  assert.match(await page.innerText('#live'), /All quiet/);
  await page.evaluate('window.isSamePage = true');
  breakService(opened);
  await page.waitForSelector('#ack-7F3K');
  assert.equal(await page.evaluate('window.isSamePage'), true);
  assert.match(await page.innerText('article.incident'), /connection refused/);
  await page.click('#ack-7F3K');
  await page.waitForURL('**/i/7F3K');
  assert.match(await page.innerText('#live'), /aidar has it/);
  assert.equal((await under.brain.store.incident('i1'))?.acknowledged?.by.name, 'aidar');
  assert.deepEqual(opened.wrong, []);
});

test('what somebody types or has opened is not lost when live data arrives', async () => {
  const opened = await open();
  breakService(opened);
  await signIn(opened);
  const { page, under } = opened;
  await page.goto(`${opened.base}/i/7F3K`);
  await page.waitForSelector('.connection[data-state="on"]');
  await page.fill('textarea', 'half a sentence');
  await under.brain.note('i1', 'from elsewhere', { name: 'eve', via: 'api' });
  under.brain.emit({ at: NOON, type: 'note', data: {} });
  await page.waitForSelector('text=from elsewhere');
  assert.equal(await page.inputValue('textarea'), 'half a sentence');
});

test('a lost connection is said at once, and the page does not look fresh', async () => {
  const opened = await open();
  await signIn(opened);
  await opened.stopServer();
  await opened.page.waitForSelector('body.is-lost .lost');
  assert.match(await opened.page.innerText('.lost'), /Live connection lost since \d\d:\d\d:\d\d/);
  assert.equal(await opened.page.innerText('.connection'), 'no connection');
});

for (const [locale, width, colorScheme] of [
  ['en', 390, 'light'],
  ['ru', 390, 'dark'],
  ['ru', 1440, 'light'],
  ['en', 1440, 'dark'],
] as const)
  test(`nothing is cut off or unreadable: ${locale}, ${width} px, ${colorScheme}`, async () => {
    const opened = await open({ locale, colorScheme, viewport: { width, height: 844 } });
    breakService(opened);
    opened.under.brain.healthNow = health({ ok: false, watched: false, problems: ['The store cannot commit.'] });
    await signIn(opened);
    for (const path of ['/', '/i/7F3K', '/nowhere']) {
      await opened.page.goto(opened.base + path);
      assert.equal(await opened.page.getAttribute('html', 'lang'), locale);
      assert.ok(await opened.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), path);
      assert.deepEqual(await opened.page.evaluate(FAINT_TEXTS), [], path);
    }
    assert.deepEqual(opened.wrong, []);
  });
