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
  'limits.also': ({ app, others }: SaidParams): string =>
    `${app} берёт настройки из кода, общего с ${others}: те тоже получат пределы, при следующем запуске`,
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
  'sentry.done': ({ sdk }: SaidParams): string =>
    `Sentry включён, приложение запускает ${sdk}; дошло ли событие, видно только во входящих`,
  'sentry.off': ({ file }: SaidParams): string => `Sentry выключен: в ${file} нет SENTRY_ENABLED=true`,
  'sentry.no-dsn': ({ file }: SaidParams): string =>
    `В ${file} нет годного SENTRY_DSN: создайте проект в Sentry, скопируйте DSN и передайте его в --dsn`,
  'sentry.bad-dsn': (): string => 'Это не DSN: он выглядит как https://КЛЮЧ@ХОСТ/ПРОЕКТ',
  'sentry.no-file': ({ app }: SaidParams): string =>
    `Файл переменных ${app} не найден; укажите его в dozor.yaml (apps: envFile)`,
  'sentry.not-text': ({ file }: SaidParams): string => `${file} не в UTF-8, поэтому остаётся как есть`,
  'sentry.sdk': ({ sdk, version }: SaidParams): string => `Приложение запускает ${sdk} ${version} прежде всего`,
  'sentry.unread': ({ sdk, version }: SaidParams): string =>
    `В package.json есть ${sdk} ${version}; запускает ли его приложение, прочитать не удалось`,
  'sentry.sdk-absent': (): string => 'Sentry настроен, но SDK в приложении нет: ничего не отправляется',
  'sentry.sdk-not-started': ({ sdk }: SaidParams): string =>
    `Sentry настроен, ${sdk} в зависимостях есть, но код его не запускает: ничего не отправляется`,
  'sentry.sdk-late': ({ sdk }: SaidParams): string =>
    `${sdk} запускается после других модулей: их ошибки и трассы не видны`,
  'sentry.patch-absent': ({ sdk, entry }: SaidParams): string =>
    `в приложении нет SDK Sentry. npm install ${sdk}, затем запустите его первым в ${entry}`,
  'sentry.patch-not-started': ({ sdk, entry }: SaidParams): string =>
    `${sdk} есть, но никто его не запускает: запустите его первым в ${entry}`,
  'sentry.patch-late': ({ sdk, entry }: SaidParams): string =>
    `${sdk} запускается слишком поздно: подключите его первым в ${entry}`,
  'sentry.from-comment': ({ file }: SaidParams): string => `DSN взят из закомментированной строки в ${file}`,
  'sentry.gap': ({ app }: SaidParams): string =>
    `${app} перезагружается, чтобы прочитать переменные: в режиме fork секунду или пока он грузится запросы отклоняются`,
  'sentry.next-start': ({ app }: SaidParams): string => `${app} прочитает это при следующем запуске`,
  'boot.done': ({ app, by }: SaidParams): string =>
    `${app} есть в сохранённом списке PM2, при загрузке его поднимает ${by}`,
  'boot.not-pm2': ({ app }: SaidParams): string => `${app} работает не под PM2, или PM2 не найден`,
  'boot.not-running': ({ app }: SaidParams): string =>
    `PM2 сейчас не держит ${app}: сначала запустите его, затем pm2 save; сейчас оно в список не попало бы`,
  'boot.no-command': (): string => 'Команда pm2 не найдена: выполните pm2 save',
  'boot.saves-list': ({ list }: SaidParams): string =>
    `pm2 save записывает весь список приложений, как он есть сейчас; прежний остаётся в ${list}.bak`,
  'boot.startup': (): string => 'PM2 не стартует при загрузке. Это исправит команда (нужны права root)',
  'boot.startup-cron': (): string =>
    'PM2 не стартует при загрузке, а systemd и OpenRC здесь нет. Поможет строка в crontab; в контейнере — pm2-runtime',
  'boot.not-started': ({ app }: SaidParams): string =>
    `После перезагрузки ${app} не поднимется: PM2 при загрузке никто не запускает`,
  'boot.saved-no-list': ({ app }: SaidParams): string =>
    `После перезагрузки ${app} не поднимется: список PM2 ни разу не сохранён (pm2 save)`,
  'boot.saved-broken': (): string => 'Сохранённый список PM2 не читается: pm2 save запишет его заново',
  'boot.saved-missing': ({ app }: SaidParams): string =>
    `После перезагрузки ${app} не поднимется: его нет в сохранённом списке PM2`,
  'boot.saved-other-path': ({ app, script }: SaidParams): string =>
    `После перезагрузки ${app} запустится из ${script}, а сейчас работает другое`,
  'boot.saved-gone': ({ app, script }: SaidParams): string =>
    `После перезагрузки ${app} не поднимется: в списке ${script}, а этого файла нет`,
  'logs.done': ({ by }: SaidParams): string => `Логи ротирует ${by}`,
  'logs.none': ({ app }: SaidParams): string => `У ${app} нет логов, которые пишет PM2`,
  'logs.unbounded': ({ files, mb }: SaidParams): string => `Логи растут без предела (сейчас ${mb} МБ): ${files}`,
  'logs.copytruncate': (): string =>
    'Строки, записанные, пока лог копируется и очищается, могут пропасть (copytruncate); приложение не перезапускается. logrotate сработает при следующем ежедневном запуске',
  'logs.needs-root': ({ path }: SaidParams): string =>
    `нужны права root: запишите это в ${path}, либо pm2 install pm2-logrotate`,
  'logs.not-installed': ({ path }: SaidParams): string =>
    `logrotate не установлен (apt-get install logrotate, затем это в ${path}), либо pm2 install pm2-logrotate`,
  'deploy.none': (): string => 'Ни один скрипт не собирает на сервере',
  'deploy.no-scripts': (): string => 'Скриптов деплоя не нашлось',
  'deploy.found': ({ places }: SaidParams): string => `Скрипты собирают на сервере: ${places}`,
  'deploy.remove': ({ app }: SaidParams): string =>
    `${app} работает из исходников: эта сборка не нужна, а появившись, заслоняет исходники`,
  'deploy.built-in-place': ({ app, places }: SaidParams): string =>
    `${app} работает из собранного, и собирают его прямо там, откуда он запускается (${places}): следующий перезапуск возьмёт неудачную или недоделанную сборку. Собирайте в другом месте (CI, отдельная папка) и переключайте; так делает dozor deploy`,
};
