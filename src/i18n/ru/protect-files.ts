import type { fileSays as en, SaidParams } from '../en/protect-files.ts';

/** What the actions that edit files say: keys of `says`. */
export const fileSays: typeof en = {
  'limits.done': ({ app }: SaidParams): string => `PM2 остановит ${app} после 3 запусков, не проживших и 30 секунд`,
  'limits.open': ({ app, restarts, uptime }: SaidParams): string =>
    `У ${app} max_restarts ${restarts} и min_uptime ${uptime} вместо 3 и 30s`,
  'limits.open-live': ({ app, restarts, uptime }: SaidParams): string =>
    `PM2 держит ${app} с max_restarts ${restarts} и min_uptime ${uptime} мс вместо 3 и 30000, что бы ни стояло в файле`,
  'limits.not-saved': ({ app }: SaidParams): string =>
    `В списке, с которого PM2 стартует при загрузке, у ${app} другие пределы или его там нет: pm2 save`,
  'limits.not-pm2': ({ app }: SaidParams): string => `${app} работает не под PM2`,
  'limits.no-file': ({ app, dir }: SaidParams): string =>
    `В ${dir} и выше нет конфигурации PM2 с приложением ${app}; укажите её в dozor.yaml (apps: ecosystem)`,
  'limits.started-without-file': ({ app }: SaidParams): string =>
    `${app} запущен без файла конфигурации. С этим файлом пределы действуют после каждого запуска; добавьте нужное окружение`,
  'limits.unreadable': ({ path, why }: SaidParams): string => `${path} не читается: ${why}`,
  'limits.not-evaluated': ({ why }: SaidParams): string =>
    `Конфигурация здесь не вычисляется, поэтому правильность правки не доказать: ${why}`,
  'limits.no-such-app': ({ app, apps }: SaidParams): string => `В конфигурации нет приложения ${app}, есть: ${apps}`,
  'limits.computed': ({ app }: SaidParams): string =>
    `Настройки ${app} берутся из кода или данных: доказанно верной правки одного этого файла нет`,
  'limits.shared': ({ app, others }: SaidParams): string =>
    `${app} берёт настройки из кода, общего с ${others}: так меняются все`,
  'limits.gap': ({ app }: SaidParams): string =>
    `При перезагрузке ${app} сначала останавливается, потом стартует (режим fork): секунду или пока он грузится запросы отклоняются`,
  'limits.cluster': ({ app }: SaidParams): string =>
    `При перезагрузке процессы ${app} сменяются по одному: открытые соединения рвутся`,
  'limits.saves-list': (): string => 'pm2 save записывает весь список приложений, как он есть сейчас',
  'limits.no-pm2': ({ app }: SaidParams): string => `PM2 здесь не найден: ${app} получит пределы при следующем запуске`,
  'limits.not-running': ({ app }: SaidParams): string =>
    `PM2 сейчас не держит ${app}: пределы подействуют при следующем запуске из файла`,
  'limits.no-command': ({ app }: SaidParams): string =>
    `Команда pm2 не найдена, у работающего ${app} прежние пределы: pm2 reload ФАЙЛ --only ${app}, затем pm2 save`,
  'limits.odd-name': ({ app }: SaidParams): string =>
    `PM2 не может назвать одно лишь «${app}» (пробелы и запятые разделяют имена): перезагрузите файл сами, затем pm2 save`,
  'limits.backoff': ({ ms }: SaidParams): string =>
    `За приложением не стоит агент: когда PM2 сдастся, его никто не поднимет, и одни лишь 3/30s превращают перезапуск базы сразу после старта в аварию. Поэтому задана и растущая пауза от ${ms} мс: циклы становятся медленными, у неудачных стартов есть секунды, а не одна. Агента она не заменяет`,
};
