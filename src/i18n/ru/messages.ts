import { plural } from '../format.ts';
import type { messages as en } from '../en/messages.ts';

const services = (count: number): string =>
  `${count} ${plural(count, 'ru', { one: 'сервис', few: 'сервиса', many: 'сервисов' })}`;

/** After `из` and `о`: `из 15 сервисов`, `о 14 сервисах`. */
const ofServices = (count: number): string =>
  `${count} ${plural(count, 'ru', { one: 'сервиса', few: 'сервисов', many: 'сервисов' })}`;
const aboutServices = (count: number): string =>
  `${count} ${plural(count, 'ru', { one: 'сервисе', few: 'сервисах', many: 'сервисах' })}`;

const within = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`);

const onHost = (host: string | undefined): string => (host === undefined ? '' : ` на ${host}`);

const ofAll = (count: number, of: number | undefined): string =>
  of === undefined ? services(count) : `${count} из ${ofServices(of)}`;

const work = (count: number): string => plural(count, 'ru', { one: 'работает', few: 'работают', many: 'работают' });

/** Russian texts: what alerts say. */
export const messages: typeof en = {
  title: {
    down: (name) => `${name} не работает`,
    stillDown: (name) => `${name} всё ещё не работает`,
    degraded: (name) => `${name} работает с перебоями`,
    stillDegraded: (name) => `${name} всё ещё работает с перебоями`,
    works: (name) => `${name} снова работает`,
    closed: (name) => `${name}: инцидент закрыт`,
    withdrawn: (name) => `${name}: за тем, что не работало, больше не следят`,
    flapping: (name) => `${name} то падает, то поднимается`,
    about: (name, what) => `${name}: ${what}`,
    missed: (name, jobs) => `${name}: нет сигнала от ${jobs}`,
    failed: (name, jobs) => `${name}: ошибка в ${jobs}`,
    overrun: (name, jobs, count) => `${name}: ${jobs} не ${count === 1 ? 'завершено' : 'завершены'} в срок`,
    reports: (name, jobs) => `${name}: снова есть сигнал от ${jobs}`,
    storm: (s) => `${ofAll(s.count, s.of)}${onHost(s.host)} ${s.still ? 'всё ещё ' : ''}не ${work(s.count)}`,
    stormOver: (s) => `${services(s.count)}${onHost(s.host)} снова ${work(s.count)}`,
    unseen: (name, span, told) => `${name}: простой ${span}, сообщено с опозданием${told}.`,
    unseenDegraded: (name, span, told) => `${name}: перебои ${span}, сообщено с опозданием${told}.`,
    blind: (span, cause) => `Dozor не видел сеть ${span}${within(cause)}.`,
    gap: (span, duration) => `Сам Dozor не работал ${span} (${duration}).`,
    unwatched: 'Dozor работает на той же машине, за которой следит.',
    watcherSilent: (name, since) => `${name} больше не следит за Dozor: молчит с ${since}.`,
    watcherBack: (name) => `${name} снова следит за Dozor`,
    brainSilent: (name, since, span) => `Dozor на ${name} молчит с ${since} (${span}).`,
    brainUnwell: (name, since) => `Dozor на ${name} отвечает, но с ${since} нездоров.`,
    brainBack: (name) => `Dozor на ${name} снова отвечает`,
    test: (channel) =>
      channel === undefined ? 'Проверочное сообщение Dozor' : `Проверочное сообщение Dozor в ${channel}`,
    digest: (messages) =>
      `${messages} ${plural(messages, 'ru', { one: 'сообщение', few: 'сообщения', many: 'сообщений' })} в одном`,
  },
  line: {
    since: (span) => `С ${span}`,
    sinceInside: (span) => `с ${span}`,
    seenAfter: (span) => `замечено через ${span}`,
    lasting: (span) => `уже ${span}`,
    from: (span) => `С ${span}`,
    until: (moment) => `снова работает с ${moment}`,
    downFor: (span) => `простой ${span}`,
    degradedFor: (span) => `перебои ${span}`,
    silentFor: (span) => `молчал ${span}`,
    overdueFor: (span) => `опоздание ${span}`,
    expectedBy: (moment) => `ожидался к ${moment}`,
    by: (who) => `кем: ${who}`,
    checks: (bad, asked) =>
      `${bad} из ${asked} ${plural(asked, 'ru', { one: 'проверки', few: 'проверок', many: 'проверок' })}`,
    last: (moment) => `последняя ${moment}`,
    fails: 'не проходит',
    more: (count) => `и ещё ${count}`,
    networkFine: (ok, total) =>
      `Своя сеть в порядке (${ok} из ${total} ${plural(total, 'ru', { one: 'контрольной точки', few: 'контрольных точек', many: 'контрольных точек' })})`,
    networkPoor: (ok, total) =>
      `Своя сеть нестабильна (${ok} из ${total} ${plural(total, 'ru', { one: 'контрольной точки', few: 'контрольных точек', many: 'контрольных точек' })})`,
    lastChange: (what, moment) => `Последнее изменение: ${what} · ${moment}`,
    commonCause: (what) => `общая причина: ${what}`,
    listFollows: 'Список в подробностях.',
    acknowledged: (who, moment) => `Принято: ${who}${moment === undefined ? '' : ` · ${moment}`}`,
    nobody: (reminder) => `Никто не принял · напоминание ${reminder}`,
    reminder: (reminder) => `Напоминание ${reminder}`,
    fromMemory: (why) => `Сообщено из памяти: Dozor не может сохранить (${why})`,
    toldLate: (moment) => `Сообщено с опозданием: известно с ${moment}`,
    because: {
      'not-running': (span) => `: сам Dozor не работал ${span}`,
      channel: (channel, span) => `: канал ${channel} был недоступен ${span}`,
    },
    nothingKnown: (count) => `О ${aboutServices(count)} за это время ничего не известно.`,
    deadToo: (names, count) =>
      `${names} отсюда тоже не ${count === 1 ? 'отвечает' : 'отвечают'}: вероятно, не работает вся машина.`,
    aliveHere: (names, count) =>
      `${names} отсюда ${count === 1 ? 'отвечает' : 'отвечают'}: вероятно, не работает только Dozor.`,
    unwatched: 'Если она упадёт, никто вам не сообщит.',
    unwatchedFix:
      'Исправить за две минуты: `dozor watchers code ИМЯ` здесь и `dozor join КОД` на другой машине или dead-man URL в `watchers:`.',
    wholePath: 'Прошло весь путь тревоги; всё в порядке.',
  },
  digest: {
    down: (name, since) => `${name} не работает с ${since}`,
    degraded: (name, since) => `${name} работает с перебоями с ${since}`,
    recovered: (name, at) => `${name} снова работает с ${at}`,
    other: (name) => name,
  },
  storeFailure: { full: 'диск заполнен', io: 'ошибка ввода-вывода' },
  blindness: {
    gateway: 'шлюз недоступен',
    resolvers: 'серверы имён недоступны',
    anchors: 'интернет недоступен',
    all: 'своя сеть недоступна',
  },
  short: {
    down: (name) => `${name} НЕ РАБОТАЕТ`,
    stillDown: (name) => `${name} ВСЁ ЕЩЁ НЕ РАБОТАЕТ`,
    degraded: (name) => `${name}: перебои`,
    works: (name, at) => `${name} работает с ${at}`,
    storm: (s) => `${ofAll(s.count, s.of)}${onHost(s.host)} НЕ ${work(s.count).toUpperCase()}`,
    since: (moment) => ` с ${moment}`,
    downFor: (span) => `, простой ${span}`,
    unseen: (name, from, to) => `${name}: простой ${from}-${to}, сообщено поздно`,
    brainSilent: (name, since) => `Dozor на ${name} молчит с ${since}`,
    blind: (from, to) => `Dozor не видел сеть ${from}-${to}`,
    gap: (from, to) => `Dozor не работал ${from}-${to}`,
    unwatched: 'За Dozor никто не следит: упадёт машина, никто не сообщит',
  },
  spoken: {
    since: (moment) => ` с ${moment}`,
    because: (why) => `: ${why}`,
  },
  button: { acknowledge: 'Принять', mute: 'Тишина 1 ч', details: 'Подробнее' },
};
