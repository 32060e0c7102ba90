import type { ReasonParams, reasons as en } from '../en/reasons.ts';

const part = (seen: ReasonParams, key: string, write: (value: string) => string): string => {
  const value = seen[key];
  return value === undefined || value === '' ? '' : write(String(value));
};

const seconds = (ms: number): string => String(Math.round(ms / 100) / 10).replace('.', ',');

const within = (seen: ReasonParams): string => part(seen, 'ms', (ms) => ` за ${seconds(Number(ms))} с`);

const days = (count: number): string => {
  const tens = count % 100;
  const ones = count % 10;
  if (tens >= 11 && tens <= 14) return `${count} дней`;
  if (ones === 1) return `${count} день`;
  return ones >= 2 && ones <= 4 ? `${count} дня` : `${count} дней`;
};

const found = (seen: ReasonParams): string =>
  part(seen, 'expected', (value) => `, ожидалось ${value}`) + part(seen, 'found', (value) => `, получено ${value}`);

const exit = (seen: ReasonParams): string =>
  part(seen, 'signal', (name) => `, сигнал ${name}`) || part(seen, 'code', (code) => `, код выхода ${code}`);

/** 60 с, 10 мин, 3 ч: as coarse as the number allows. */
const span = (ms: number): string => {
  if (ms < 120_000) return `${Math.max(1, Math.round(ms / 1000))} с`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} мин` : `${Math.round(ms / 3_600_000)} ч`;
};

const exits = (seen: ReasonParams): string =>
  part(seen, 'exits', (count) => `: падений ${count}${part(seen, 'withinMs', (ms) => ` за ${span(Number(ms))}`)}`);

const counted = (seen: ReasonParams, key: string): string =>
  part(seen, key, (count) => `: ${count}×${part(seen, 'withinMs', (ms) => ` за ${span(Number(ms))}`)}`);

const lasted = (seen: ReasonParams): string => part(seen, 'forMs', (ms) => ` уже ${span(Number(ms))}`);

const ahead = (seen: ReasonParams): string => part(seen, 'inMs', (ms) => `, хватит на ${span(Number(ms))}`);

const manager = (seen: ReasonParams): string => String(seen['manager'] ?? 'менеджер процессов');

const size = (bytes: number): string =>
  (bytes < 1e9 ? `${Math.round(bytes / 1e6)} МБ` : `${Math.round(bytes / 1e8) / 10} ГБ`).replace('.', ',');

const free = (seen: ReasonParams): string => part(seen, 'freeBytes', (bytes) => `, свободно ${size(Number(bytes))}`);

/** Russian texts: every reason of `monitor/reason.ts`, whose table of parameters stands there. */
export const reasons: typeof en = {
  'dns.not-found': {
    long: (seen) => `имя не найдено${part(seen, 'name', (name) => `: ${name}`)}`,
    short: () => 'имя не найдено',
  },
  'dns.no-records': {
    long: (seen) =>
      `нет записей${part(seen, 'type', (type) => ` ${type}`)}${part(seen, 'name', (name) => ` для ${name}`)}`,
    short: () => 'нет записей DNS',
  },
  'dns.failed': {
    long: (seen) => `сбой сервера имён${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'сбой DNS',
  },
  'dns.timeout': { long: (seen) => `сервер имён не ответил${within(seen)}`, short: () => 'DNS молчит' },
  'dns.unexpected': {
    long: (seen) => `не те записи${part(seen, 'type', (type) => ` ${type}`)}${found(seen)}`,
    short: () => 'не те записи DNS',
  },
  'tcp.refused': { long: () => 'соединение отклонено', short: () => 'отказ' },
  'tcp.reset': { long: () => 'соединение сброшено', short: () => 'сброс' },
  'tcp.unreachable': { long: () => 'узел недоступен', short: () => 'недоступен' },
  'tcp.timeout': { long: (seen) => `нет соединения${within(seen)}`, short: () => 'нет соединения' },
  'tcp.unexpected': { long: (seen) => `неожиданный ответ${found(seen)}`, short: () => 'не тот ответ' },
  'tcp.no-answer': { long: (seen) => `соединение есть, ответа нет${within(seen)}`, short: () => 'нет ответа' },
  'tls.expired': {
    long: (seen) => `срок сертификата истёк${part(seen, 'validTo', (date) => ` ${date}`)}`,
    short: () => 'сертификат истёк',
  },
  'tls.not-yet-valid': {
    long: (seen) => `сертификат ещё не действует${part(seen, 'validFrom', (date) => `, только с ${date}`)}`,
    short: () => 'серт. не действует',
  },
  'tls.wrong-host': {
    long: (seen) =>
      `сертификат выдан другому узлу${part(seen, 'names', (names) => ` (${names})`)}${part(seen, 'host', (host) => `, а не ${host}`)}`,
    short: () => 'чужой сертификат',
  },
  'tls.untrusted': {
    long: (seen) => `нет доверия к сертификату${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'нет доверия TLS',
  },
  'tls.revoked': { long: () => 'сертификат отозван', short: () => 'сертификат отозван' },
  'tls.client-certificate': {
    long: (seen) => `сервер не принял наш клиентский сертификат${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'клиентский серт.',
  },
  'tls.protocol': {
    // OpenSSL's words for an answer in plain text.
    long: (seen) =>
      seen['code'] === 'ERR_SSL_WRONG_VERSION_NUMBER'
        ? 'не говорит на TLS'
        : `сбой рукопожатия TLS${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'сбой TLS',
  },
  'tls.timeout': { long: (seen) => `рукопожатие TLS не завершилось${within(seen)}`, short: () => 'TLS молчит' },
  'tls.expires-soon': {
    long: (seen) => {
      const left = Number(seen['days'] ?? 0);
      return left <= 0 ? 'сертификат истекает в течение суток' : `сертификат истекает через ${days(left)}`;
    },
    short: (seen) => `сертификат: ${Number(seen['days'] ?? 0)} д`,
  },
  'http.status': {
    long: (seen) => `статус ${seen['status'] ?? '?'}${part(seen, 'expected', (value) => `, ожидался ${value}`)}`,
    short: (seen) => `HTTP ${seen['status'] ?? '?'}`,
  },
  'http.redirect-loop': {
    long: (seen) => `перенаправления без конца${part(seen, 'location', (location) => ` (на ${location})`)}`,
    short: () => 'круг редиректов',
  },
  'http.malformed': {
    long: (seen) => `искажённый ответ HTTP${part(seen, 'code', (code) => ` (${code})`)}`,
    short: () => 'искажённый ответ',
  },
  'http.timeout': { long: (seen) => `соединение есть, ответа нет${within(seen)}`, short: () => 'нет ответа' },
  'http.body-timeout': { long: (seen) => `ответ не завершился${within(seen)}`, short: () => 'ответ завис' },
  'http.truncated': { long: () => 'ответ оборван', short: () => 'ответ оборван' },
  'http.body-too-large': {
    long: (seen) => `ответ больше ${String(seen['limit'] ?? '1 MB').replace('MB', 'МБ')}`,
    short: () => 'ответ велик',
  },
  'http.slow': {
    long: (seen) =>
      `отвечает за ${seconds(Number(seen['tookMs'] ?? 0))} с, медленнее ${seconds(Number(seen['limitMs'] ?? 0))} с`,
    short: () => 'медленно',
  },
  'content.empty': { long: () => 'пустой ответ', short: () => 'пустой ответ' },
  'content.keyword-missing': {
    long: (seen) => `в ответе нет «${seen['keyword'] ?? ''}»`,
    short: () => 'не тот ответ',
  },
  'content.keyword-present': {
    long: (seen) => `в ответе есть «${seen['keyword'] ?? ''}»`,
    short: () => 'не тот ответ',
  },
  'content.regex-missing': {
    long: (seen) => `ответ не подходит под /${seen['pattern'] ?? ''}/`,
    short: () => 'не тот ответ',
  },
  'content.regex-present': {
    long: (seen) => `ответ подходит под запретное /${seen['pattern'] ?? ''}/`,
    short: () => 'не тот ответ',
  },
  'content.not-json': { long: () => 'ответ не в формате JSON', short: () => 'не JSON' },
  'content.json-mismatch': {
    long: (seen) => `не то содержимое в ${seen['path'] ?? '$'}${found(seen)}`,
    short: () => 'не тот ответ',
  },
  'content.header-mismatch': {
    long: (seen) => `не тот заголовок${part(seen, 'name', (name) => ` ${name}`)}${found(seen)}`,
    short: () => 'не тот заголовок',
  },
  'ping.no-reply': { long: (seen) => `нет ответа на ping${within(seen)}`, short: () => 'нет ping' },
  'heartbeat.missed': { long: () => 'сигнал не пришёл', short: () => 'нет сигнала' },
  'heartbeat.failed': {
    long: (seen) => `сообщил о своём сбое${part(seen, 'code', (code) => ` (код выхода ${code})`)}`,
    short: (seen) => `сбой${part(seen, 'code', (code) => ` (код ${code})`)}`,
  },
  'heartbeat.overrun': { long: () => 'начал, но не закончил вовремя', short: () => 'не закончил' },
  'partial-failures': {
    long: (seen) =>
      seen['failed'] === undefined || seen['asked'] === undefined
        ? 'часть запросов не проходит'
        : `не проходит запросов: ${seen['failed']} из ${seen['asked']}`,
    short: () => 'частичный сбой',
  },
  'host.gone': { long: () => 'машина пропала (нет ни агента, ни ping)', short: () => 'машина пропала' },
  'watch.cannot-ask': {
    long: (seen) => `дозор не может спросить${part(seen, 'what', (what) => ` (${what})`)}`,
    short: () => 'нечем спросить',
  },
  'app.boot-crash': {
    long: (seen) => `падает при запуске${exit(seen)}`,
    short: () => 'падает при запуске',
  },
  'app.crash-loop': { long: (seen) => `падает раз за разом${exits(seen)}${exit(seen)}`, short: () => 'цикл падений' },
  'app.restarting': {
    long: (seen) => `снова и снова падает${exits(seen)}${exit(seen)}`,
    short: () => 'снова падает',
  },
  'app.exits-rising': {
    long: (seen) =>
      `падает чаще обычного${part(seen, 'perHour', (count) => `: за час — ${count}`)}${part(seen, 'usual', (count) => `, обычно ${count}`)}`,
    short: () => 'падает чаще',
  },
  'app.memory-restarts': {
    long: (seen) => `снова и снова перезапускается из-за лимита памяти${counted(seen, 'restarts')}`,
    short: () => 'лимит памяти',
  },
  'app.oom-kills': {
    long: (seen) => `система убивает его из-за нехватки памяти${counted(seen, 'kills')}`,
    short: () => 'убит: нет памяти',
  },
  'app.gave-up': {
    long: (seen) => `${manager(seen)} больше не перезапускает${part(seen, 'status', (word) => ` (${word})`)}`,
    short: () => 'не перезапускается',
  },
  'app.not-running': {
    long: (seen) => `не запущен${part(seen, 'status', (word) => ` (${manager(seen)} пишет ${word})`)}`,
    short: () => 'не запущен',
  },
  'app.partly-down': {
    long: (seen) =>
      seen['failing'] === undefined || seen['of'] === undefined
        ? 'часть процессов падает раз за разом'
        : `падает процессов: ${seen['failing']} из ${seen['of']}`,
    short: () => 'часть падает',
  },
  'app.zombie': {
    long: (seen) => `процесс запущен, но порт${part(seen, 'port', (port) => ` ${port}`)} закрыт${lasted(seen)}`,
    short: (seen) => `порт${part(seen, 'port', (port) => ` ${port}`)} закрыт`,
  },
  'app.unhealthy': {
    long: (seen) => `запущен, но не здоров${part(seen, 'detail', (what) => `: ${what}`)}${lasted(seen)}`,
    short: () => 'не здоров',
  },
  'app.unstable-after-deploy': {
    long: (seen) => `падает после выкладки${exits(seen)}${exit(seen)}`,
    short: () => 'плохая выкладка',
  },
  'manager.gone': {
    long: (seen) => `${manager(seen)} не запущен`,
    short: (seen) => `${String(seen['manager'] ?? 'менеджер')} не запущен`,
  },
  'host.disk-full': {
    long: (seen) => `диск заполнен${part(seen, 'mount', (mount) => `: ${mount}`)}${free(seen)}`,
    short: () => 'диск заполнен',
  },
  'host.disk-filling': {
    long: (seen) => `диск заполняется${part(seen, 'mount', (mount) => `: ${mount}`)}${free(seen)}${ahead(seen)}`,
    short: () => 'диск заполняется',
  },
  'host.inodes-full': {
    long: (seen) => `кончились inode${part(seen, 'mount', (mount) => ` на ${mount}`)}`,
    short: () => 'кончились inode',
  },
  'host.inodes-filling': {
    long: (seen) => `кончаются inode${part(seen, 'mount', (mount) => ` на ${mount}`)}${ahead(seen)}`,
    short: () => 'кончаются inode',
  },
  'host.memory-low': {
    long: (seen) => `мало памяти${part(seen, 'availableBytes', (bytes) => ` (${size(Number(bytes))})`)}`,
    short: () => 'мало памяти',
  },
  'host.swap-full': {
    long: (seen) => `подкачка заполнена${part(seen, 'usedPercent', (share) => ` (${share} %)`)}`,
    short: () => 'подкачка заполнена',
  },
  'host.clock-skew': {
    long: (seen) => `часы неверны${part(seen, 'skewMs', (ms) => `, на ${seconds(Math.abs(Number(ms)))} с`)}`,
    short: () => 'часы неверны',
  },
  'host.oom-kill': {
    long: (seen) => `кончилась память${part(seen, 'program', (name) => `: система убила ${name}`)}`,
    short: () => 'кончилась память',
  },
};
