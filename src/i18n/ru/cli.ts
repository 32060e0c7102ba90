import type { cli as en } from '../en/cli.ts';

const plural = (count: number, one: string, few: string, many: string): string => {
  const form = new Intl.PluralRules('ru').select(count);
  return form === 'one' ? one : form === 'few' ? few : many;
};

/** Russian texts: what `dozor up` prints. */
export const cli: typeof en = {
  verdict: {
    pending: 'ещё не спрошен',
    up: 'работает',
    suspect: 'под вопросом',
    down: 'не работает',
    degraded: 'работает плохо',
    blind: 'не видно',
  },
  watching: (monitors, services) =>
    `Слежу: ${monitors} ${plural(monitors, 'монитор', 'монитора', 'мониторов')}, ${services} ${plural(services, 'сервис', 'сервиса', 'сервисов')}`,
  watchingNothing:
    'Следить пока не за чем. Назовите адрес (dozor https://…), напишите dozor.yaml или добавьте сервис через API.',
  every: (span, pulse) => (pulse === undefined ? `каждые ${span}` : `каждые ${span}, пульс ${pulse}`),
  passive: 'ждёт сигнала',
  listening: (url) => `Адрес: ${url}`,
  signIn: (link) => `Вход (один раз, 15 минут): ${link}`,
  told: (channels) => `Сообщаю через: ${channels}`,
  toldNobody:
    'Сообщать некому: нет ни одного канала. Задайте TELEGRAM_BOT_TOKEN и запустите снова или впишите contacts в dozor.yaml.',
  watched: (watchers) => `За дозором следят: ${watchers}`,
  notYetWatched: (watchers) => `За дозором пока никто не следит: ${watchers}`,
  notWatching: (watchers) => `Не следит: ${watchers}`,
  unwatched: 'За дозором никто не следит: если эта машина умрёт, никто вам не скажет.',
  unwatchedFix:
    'Исправить за две минуты: адрес deadman в разделе `watchers:` файла dozor.yaml или `dozor watchers code ИМЯ` здесь и `dozor join КОД` на другой машине.',
  watcherState: {
    waiting: 'ещё не отзывался',
    answers: 'отвечает',
    silent: 'молчит',
    failing: 'сбой',
  },
  pair: (bot, url) => `Telegram: напишите /start боту ${bot}, чтобы получать сообщения: ${url}`,
  cannotPair: (channel, why) => `Канал ${channel} пока никому не сообщает: ${why}`,
  stopping: 'Останавливаюсь: начатое сначала сохраняется. Ещё раз — остановиться сразу.',
  stopped: 'Остановлен. Пока дозор выключен, никто не следит.',
  notActedOn: (sections) => `В файле есть, но пока не действует: ${sections}`,
  reloaded: (count) => `Конфигурация прочитана заново, изменений: ${count}.`,
  reloadedSame: 'Конфигурация прочитана заново: наблюдение и оповещение не изменились.',
  reloadRefused: 'Изменённая конфигурация не принята; всё осталось как было.',
};
