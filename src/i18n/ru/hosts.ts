import { plural } from '../format.ts';
import type { hosts as en } from '../en/hosts.ts';

const times = (count: number): string => `${count} ${plural(count, 'ru', { one: 'раз', few: 'раза', many: 'раз' })}`;

const exits = (count: number): string =>
  `${count} ${plural(count, 'ru', { one: 'выход', few: 'выхода', many: 'выходов' })}`;

const brackets = (parts: readonly string[]): string => {
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
};

const more = (text: string): string => (text === '' ? '' : `: ${text}`);

/** Russian texts: what agents know of hosts and apps, and what is done about it. */
export const hosts: typeof en = {
  manager: { pm2: 'PM2', systemd: 'systemd', gate: 'шлюз' },
  message: {
    cause: (what, exit) => `Причина: ${what}${exit}`,
    perhaps: (what, exit) => `Возможно: ${what}${exit}`,
    unknownCause: (lastLine) => `Причина не распознана${more(lastLine)}`,
    exit: ({ code, signal, count }) =>
      brackets([
        signal === undefined ? (code === undefined ? '' : `код выхода ${code}`) : `сигнал ${signal}`,
        count === 1 ? 'первый выход' : exits(count),
      ]),
    changed: {
      'artifact-appeared': (path, at) => `${path} появился в ${at}`,
      'artifact-gone': (path, at) => `${path} исчез в ${at}`,
      'lock-file': (path, at) => `${path} изменился в ${at}`,
      'env-names': (path, at) => `Имена в ${path} изменились в ${at}`,
      'git-head': (path, at) => `Код изменился в ${at}${brackets([path])}`,
      entry: (path, at) => `${path} изменился в ${at}`,
      ecosystem: (path, at) => `${path} изменился в ${at}`,
    },
    beforeFirstExit: (span) => `, за ${span} до первого падения`,
    managerShows: (manager, word) => `${manager} показывает ${word}`,
    port: (port, open) => `порт ${port} ${open ? 'открыт' : 'закрыт'}`,
    repair: {
      proposed: (action) => `Пробное исправление (${action}) удалось: жду согласия`,
      soon: (action, span) => `Пробное исправление (${action}) удалось: исправляю сам через ${span}`,
      starting: (action, by) => `Исправляю: ${action}${brackets([by])}`,
      applied: (action, by) => `Исправлено: ${action}${brackets([by])}; проверяю, держится ли`,
      verified: (action, by) => `Исправлено: ${action}${brackets([by])}; держится`,
      failed: (action, why) => `Исправить (${action}) не удалось${more(why)}`,
      undone: (action) => `Исправление (${action}) отменено`,
      left: (action) => `Оставлено как есть: без исправления (${action})`,
      'given-up': (action, why) => `Исправление (${action}) не держится${more(why)}: нужен человек`,
    },
    trial: {
      'stale-artifacts': (path) => `Пробный запуск без ${path} удался`,
    },
    fixesItself: (trial, span) => `${trial}: исправляю сам через ${span}`,
    waitsForYes: (trial) => `${trial}: жду согласия`,
    startedBy: (who) => `запустил ${who}`,
    automatic: 'автоматически',
    agentSilent: (host, since) => `Агента на ${host} нет с ${since}: внутрь никто не смотрит`,
    trouble: (host, what) => `${host}: ${what}`,
    help: {
      automatic: (action) => `автоматическое исправление${brackets([action])}`,
      order: (what, how) => `${what}, запущено ${how}`,
    },
    via: {
      telegram: 'из Telegram',
      link: 'по ссылке',
      cli: 'из командной строки',
      api: 'через API',
      screen: 'со страницы',
      self: 'автоматически',
    },
    short: (manager, what, cause) =>
      `. ${[[manager, what].filter((part) => part !== '').join(' '), cause].filter((part) => part !== '').join(': ')}`,
    troubleOver: (name) => `${name}: снова в порядке`,
    lasted: (span) => `длилось ${span}`,
    agentGone: (host, since) => `Агента на ${host} нет с ${since}.`,
    agentGoneMore: 'Процессы там не видны, и ничего не исправляется. Проверки снаружи продолжаются.',
    agentBack: (host) => `Агент на ${host} снова на связи`,
  },
  button: { repair: 'Исправить сейчас', leave: 'Не трогать' },
  answer: {
    repairing: (app) => `${app}: исправляю. Ход виден в сообщении.`,
    left: (app) => `${app} остаётся как есть.`,
    notProposed: 'Это исправление (уже) не предлагается.',
    agentAway: (host) => `Агент на ${host} сейчас не отвечает: ничего не сделано.`,
  },
  timeline: {
    process: {
      exit: (app, after) => `${app} завершился${after}`,
      start: (app, after) => `${app} запущен${after}`,
      'gave-up': (app, after) => `менеджер процессов больше не запускает ${app}${after}`,
      'restart-by-hand': (app, after) => `${app} перезапущен вручную${after}`,
      'memory-restart': (app, after) => `${app} перезапущен по пределу памяти${after}`,
      'oom-kill': (app, after) => `${app} убит из-за нехватки памяти${after}`,
      'manager-gone': (app, after) => `менеджера процессов для ${app} нет${after}`,
      'manager-back': (app, after) => `менеджер процессов для ${app} снова работает${after}`,
    },
    exit: ({ code, signal, uptime }) =>
      brackets([
        signal === undefined ? (code === undefined ? '' : `код выхода ${code}`) : `сигнал ${signal}`,
        uptime === '' ? '' : `через ${uptime}`,
      ]),
    change: {
      'artifact-appeared': (app, path) => `${app}: появился ${path}`,
      'artifact-gone': (app, path) => `${app}: исчез ${path}`,
      'lock-file': (app, path) => `${app}: изменился ${path}`,
      'env-names': (app, path) => `${app}: изменились имена в ${path}`,
      'git-head': (app, path) => `${app}: изменился код${brackets([path])}`,
      entry: (app, path) => `${app}: изменился ${path}`,
      ecosystem: (app, path) => `${app}: изменился ${path}`,
    },
    detail: (text) => brackets([text]),
    repair: {
      proposed: (app, action) => `${app}: предложено исправление: ${action}`,
      starting: (app, action) => `${app}: исправление начато: ${action}`,
      applied: (app, action) => `${app}: исправление применено: ${action}`,
      verified: (app, action) => `${app}: исправление держится: ${action}`,
      failed: (app, action) => `${app}: исправление не удалось: ${action}`,
      undone: (app, action) => `${app}: исправление отменено: ${action}`,
      left: (app, action) => `${app}: исправление отклонено: ${action}`,
      'given-up': (app, action) => `${app}: исправление не держится: ${action}`,
    },
    finding: (app, what) => `${app}: ${what}`,
    order: (app, what, who) => `${who}: ${what} для ${app}`,
    orderEnded: {
      done: (app, what) => `${what} для ${app}: готово`,
      failed: (app, what) => `${what} для ${app}: не удалось`,
      refused: (app, what) => `${what} для ${app}: агент отказал`,
      expired: (app, what) => `${what} для ${app}: агент не взял вовремя`,
    },
    agent: (host, gone) =>
      gone ? `агента на ${host} нет: внутрь никто не смотрит` : `агент на ${host} снова на связи`,
  },
  order: {
    repair: 'исправление',
    leave: 'отказ от исправления',
    undo: 'отмена исправления',
    recover: 'восстановление',
    rollback: 'откат',
    protect: 'защита',
    diagnose: 'диагностика',
  },
  agent: { waiting: 'агента ещё не было', connected: 'агент на связи', gone: 'агента нет' },
  page: {
    title: 'Хосты и приложения',
    apps: (count) => `${count} ${plural(count, 'ru', { one: 'приложение', few: 'приложения', many: 'приложений' })}`,
    on: (host) => `на ${host}`,
    lastSeen: 'на связи',
    restarts: (count) => `перезапусков: ${times(count)}`,
    memory: 'память',
    load: 'нагрузка',
    disk: (mount, free) => `${mount}: свободно ${free}`,
    findings: 'Что найдено',
    repair: 'Исправление',
    fix: 'Исправить сейчас',
    leave: 'Не трогать',
  },
};
