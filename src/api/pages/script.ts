/** The pages' one script: live updates, ages that count on, the code of a sign-in link. Plain browser JavaScript, no build. */
export const SCRIPT = `
const root = document.documentElement;
const live = document.getElementById('live');
const units = (root.dataset.units ?? 'd h min s').split(' ');
let offset = 0;

const ageText = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000));
  const parts = [[86400, units[0], 3600, units[1]], [3600, units[1], 60, units[2]], [60, units[2], 1, units[3]]];
  for (const [large, name, small, smallName] of parts) {
    if (s < large) continue;
    const whole = Math.floor(s / large);
    const rest = Math.floor((s - whole * large) / small);
    return rest === 0 ? whole + ' ' + name : whole + ' ' + name + ' ' + rest + ' ' + smallName;
  }
  return s + ' ' + units[3];
};
let frozenAt;
const showAges = () => {
  const now = frozenAt ?? Date.now() + offset;
  for (const node of document.querySelectorAll('[data-age]')) {
    const text = ageText(now - Date.parse(node.dataset.age));
    if (node.textContent !== text) node.textContent = text;
  }
};
const learnClock = (node) => {
  const at = Date.parse(node?.dataset.now ?? '');
  if (!Number.isNaN(at)) offset = at - Date.now();
};

const connection = document.querySelector('.connection');
const lost = document.querySelector('.lost');
const say = (state) => {
  if (connection === null || connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = connection.dataset[state] ?? '';
  document.body.classList.toggle('is-lost', state === 'lost');
  if (state === 'lost') {
    frozenAt = Date.now() + offset;
    lost.textContent = lost.dataset.text.replace('{time}', new Date().toLocaleTimeString(root.lang === 'ru' ? 'ru-RU' : 'en-GB'));
  } else frozenAt = undefined;
};

const put = (fresh) => {
  const open = new Set([...live.querySelectorAll('details[id]')].filter((one) => one.open).map((one) => one.id));
  const known = new Set([...live.querySelectorAll('details[id]')].map((one) => one.id));
  for (const one of fresh.querySelectorAll('details[id]')) if (known.has(one.id)) one.open = open.has(one.id) || one.hasAttribute('data-hurt');
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const old = live.querySelector('[data-part="' + part.dataset.part + '"]');
    if (old === null || old.isEqualNode(part)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : '';
    old.replaceWith(part);
    if (focused !== '') document.getElementById(focused)?.focus();
  }
  learnClock(fresh.querySelector('[data-now]'));
  showAges();
};

let asking = false;
let again = false;
const refresh = async () => {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const url = new URL(location.href);
    url.searchParams.set('part', 'main');
    const answer = await fetch(url, { headers: { accept: 'text/html' }, redirect: 'manual', signal: AbortSignal.timeout(15000) });
    if (answer.type === 'opaqueredirect' || answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const holder = document.createElement('template');
    holder.innerHTML = await answer.text();
    put(holder.content);
    return true;
  } catch {
    say('lost');
    return false;
  } finally {
    asking = false;
    if (again) { again = false; soon(); }
  }
};
let timer;
const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 250); };

let source;
const follow = () => {
  source?.close();
  source = new EventSource('/api/v1/events');
  source.onopen = async () => { if (await refresh()) say('on'); };
  source.onerror = () => {
    say('lost');
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  };
  source.onmessage = soon;
};

if (live !== null) {
  learnClock(live.querySelector('[data-now]'));
  follow();
  setInterval(showAges, 1000);
  setInterval(async () => {
    if (await refresh() && source.readyState === EventSource.OPEN) say('on');
  }, 15000);
  window.addEventListener('offline', () => say('lost'));
  window.addEventListener('online', follow);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) soon(); });
  window.addEventListener('pagehide', () => source?.close());
  window.addEventListener('pageshow', (event) => { if (event.persisted) follow(); });
}

const code = document.getElementById('secret');
if (code !== null && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search);
  document.getElementById('ready').hidden = false;
  document.getElementById('code-field').hidden = true;
  document.getElementById('how').hidden = true;
  document.getElementById('enter').focus();
}
`;
