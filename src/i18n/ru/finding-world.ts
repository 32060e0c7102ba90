import type { CauseWords, FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';
import type { worldCauses as en } from '../en/finding-world.ts';

const place = (seen: FindingParams): string => {
  const address = part(seen, 'address', (value) => value);
  const port = part(seen, 'port', (value) => value);
  const known = part(seen, 'known', (name) => ` (${name})`);
  if (address === '' && port === '') return '';
  return `: ${address}${address !== '' && port !== '' ? ':' : ''}${address === '' ? `порт ${port}` : port}${known}`;
};

const path = (seen: FindingParams): string => part(seen, 'path', (value) => `: ${value}`);

/** Причины вокруг кода: машина, файлы, сеть, базы, настройки; и завершения без причины. */
export const worldCauses: Readonly<Record<keyof typeof en, CauseWords>> = {
  'address-not-available': {
    title: (seen) =>
      `адрес для приёма соединений не принадлежит этой машине${part(seen, 'address', (address) => `: ${address}`)}`,
    remedy: () => 'Укажите в HOST адрес этой машины (ip addr), 0.0.0.0 или 127.0.0.1.',
  },
  'clean-exit': {
    title: () => 'программа завершилась сама, без ошибки (код выхода 0)',
    remedy: () =>
      'Серверу, который завершается, нечего делать: он не слушает порт, или вместо сервера запущен скрипт. Посмотрите, что запускается; для разовой задачи поставьте autorestart: false.',
  },
  'config-file-invalid': {
    title: (seen) => `файл настроек не читается${path(seen) || part(seen, 'file', (file) => `: ${file}`)}`,
    remedy: () =>
      'Исправьте место, которое называет сообщение (запятая, кавычка, отступ), или возьмите прежнюю версию из git.',
  },
  'database-auth': {
    title: (seen) =>
      `база данных отвергает учётные данные${part(seen, 'user', (user) => ` (${user})`)}${part(seen, 'role', (role) => ` (${role})`)}`,
    remedy: () =>
      'Сравните пользователя, пароль и базу в env-файле с базой; не меняли ли пароль, не заменён ли env-файл?',
  },
  'database-schema-missing': {
    title: (seen) =>
      `в базе нет ${part(seen, 'table', (name) => `таблицы ${name}`) || part(seen, 'column', (name) => `столбца ${name}`) || part(seen, 'database', (name) => `базы ${name}`) || 'того, что ожидает код'}`,
    remedy: () => 'Выполните миграции этого релиза и проверьте, та ли это база (имя и хост в env-файле).',
  },
  'dependency-timeout': {
    title: (seen) => `то, от чего зависит приложение, не отвечает вовремя${place(seen)}`,
    remedy: () =>
      'Посмотрите, не перегружено ли оно, не зависло ли, не отбрасывает ли пакеты файрвол; перезапуск приложения не нужен, когда оно ответит.',
  },
  'dependency-unreachable': {
    title: (seen) => `недоступно то, от чего зависит приложение${place(seen)}`,
    remedy: () =>
      'Посмотрите, запущено ли оно и слушает ли там (systemctl status, ss -ltn), и верны ли хост и порт в env-файле.',
  },
  'disk-full': {
    title: (seen) => `диск заполнен${part(seen, 'path', (value) => ` (${value})`)}`,
    remedy: () =>
      'df -h и df -i скажут, какой; обычно это логи и старые релизы. dozor protect --only free-space назовёт, что можно убрать.',
  },
  'dns-failure': {
    title: (seen) => `имя не находится${part(seen, 'host', (host) => `: ${host}`)}`,
    remedy: () =>
      'Проверьте имя на опечатку и сервер имён этой машины (resolvectl query ИМЯ); в контейнерах имя сервиса и его сеть.',
  },
  'env-file-missing': {
    title: (seen) => `нет файла окружения${path(seen)}`,
    remedy: () =>
      'Верните его (деплой мог его не взять) или исправьте путь; путь считается от папки, в которой запущено приложение.',
  },
  'env-missing': {
    title: (seen) => {
      const names = part(seen, 'names', (value) => value);
      return names === '' ? 'не задана переменная окружения' : `не задано в окружении: ${names}`;
    },
    remedy: () =>
      'Добавьте её в env-файл и перезапустите с --update-env; проверьте, загружает ли приложение этот файл вообще и из какой папки.',
  },
  'file-descriptor-limit': {
    title: () => 'слишком много открытых файлов или соединений',
    remedy: () =>
      'Поднимите предел (LimitNOFILE, ulimit -n), чтобы вернуть работу, затем найдите, что открывается и не закрывается (lsof -p PID).',
  },
  'file-missing': {
    title: (seen) => (seen['program'] === true ? `программа не установлена${path(seen)}` : `нет файла${path(seen)}`),
    remedy: () =>
      'Верните его или исправьте путь; относительный путь считается от папки запуска приложения, а не от исходников.',
  },
  'heap-out-of-memory': {
    title: (seen) =>
      `кончилась память: куча JavaScript достигла предела${part(seen, 'mb', (mb) => ` (занято ${mb} МБ)`)}`,
    remedy: () =>
      'Поднимите --max-old-space-size, если у машины есть память, и ищите, что растёт (кэш без предела, целая таблица в памяти).',
  },
  'kernel-out-of-memory': {
    title: () => 'убит ядром: у машины или её группы кончилась память',
    remedy: () =>
      'Это покажет journalctl -k | grep -i oom. Уменьшите то, что работает рядом, ограничьте кучу ниже имеющейся памяти или добавьте памяти.',
  },
  'killed-by-signal': {
    title: (seen) => `завершён извне${part(seen, 'signal', (signal) => ` сигналом ${signal}`)}`,
    remedy: () =>
      'Это сделал человек, деплой, менеджер процессов или ядро (нехватка памяти): кто именно, скажут journalctl -k и лог менеджера.',
  },
  'permission-denied': {
    title: (seen) => `нет прав${path(seen)}${part(seen, 'syscall', (call) => ` (${call})`)}`,
    remedy: () =>
      'Сравните владельца (ls -l, и папок выше) с пользователем, от которого работает приложение; обычно причина в деплое от root.',
  },
  'port-forbidden': {
    title: (seen) => `этому пользователю нельзя открыть порт${part(seen, 'port', (port) => `: ${port}`)}`,
    remedy: () =>
      'Порты ниже 1024 только для root: возьмите порт выше за nginx или дайте право (setcap cap_net_bind_service).',
  },
  'port-in-use': {
    title: (seen) =>
      `порт занят${part(seen, 'port', (port) => `: ${port}`)}${part(seen, 'path', (value) => `: ${value}`)}${part(seen, 'owner', (owner) => ` (${owner})`)}`,
    remedy: (seen) =>
      `ss -ltnp | grep ${part(seen, 'port', (port) => `:${port}`) || 'ПОРТ'} скажет, кем: часто это прежняя копия приложения или оно же под другим менеджером. Завершите её.`,
  },
  'read-only-filesystem': {
    title: (seen) => `файловая система только для чтения${path(seen)}`,
    remedy: () =>
      'dmesg скажет, не ошибка ли диска тому виной; в контейнерах и юнитах (ProtectSystem) пишите в предназначенную для этого папку.',
  },
  'silent-exit': {
    title: (seen) => `завершился без единого слова (код выхода ${part(seen, 'code', (code) => code) || 'неизвестен'})`,
    remedy: () =>
      'Где-то вызывается process.exit без сообщения: запустите вручную в его папке с его env-файлом и поищите process.exit в коде.',
  },
  'tls-material-invalid': {
    title: (seen) =>
      seen['peer'] === true
        ? `сертификат другой стороны не принят${part(seen, 'code', (code) => ` (${code})`)}`
        : 'ключ или сертификат непригоден',
    remedy: (seen) =>
      seen['peer'] === true
        ? 'Посмотрите его сроки и издателя (openssl s_client -connect ХОСТ:ПОРТ); свой центр сертификации задайте через NODE_EXTRA_CA_CERTS.'
        : 'Проверьте, что ключ и сертификат целы, в формате PEM и подходят друг к другу (openssl x509 -noout -text -in ФАЙЛ); не обновлён ли один без другого?',
  },
  'uncaught-exception': {
    title: (seen) => `программа бросила ошибку, которую никто не поймал${part(seen, 'error', (error) => `: ${error}`)}`,
    remedy: (seen) => {
      if (seen['hint'] === 'injection')
        return 'Модуль должен предоставлять или импортировать то, чего просит класс; имя есть в сообщении.';
      if (seen['hint'] === 'route-pattern')
        return 'Шаблон пути от старого роутера: в Express 5 пишите /*name вместо * и {/:id} вместо /:id?.';
      if (seen['hint'] === 'import-circle') return 'Два файла импортируют друг друга: вынесите общее в третий.';
      return 'Посмотрите названную ниже строку; если это пришло с последним деплоем, вернитесь к прежнему релизу.';
    },
  },
  'unhandled-rejection': {
    title: (seen) => `промис отклонён, и никто этого не обработал${part(seen, 'error', (error) => `: ${error}`)}`,
    remedy: () =>
      'Посмотрите названное ниже место и обработайте ошибку там. Под PM2 такой процесс может оставаться «online» и ничего не делать.',
  },
  'unsettled-await': {
    title: (seen) => `ждёт на верхнем уровне того, что не наступит${part(seen, 'place', (value) => `: ${value}`)}`,
    remedy: () => 'Ожидаемый промис никогда не завершается: чаще всего это соединение без тайм-аута. Задайте его.',
  },
  'watcher-limit': {
    title: () => 'достигнут предел наблюдаемых файлов (диск не заполнен)',
    remedy: () =>
      'Поднимите fs.inotify.max_user_watches через sysctl или не наблюдайте за файлами в production (watch: false, без nodemon).',
  },
  unknown: {
    title: () => 'причина неизвестна',
    remedy: () => 'Последние строки ниже. Запустите вручную в папке приложения с его env-файлом, чтобы увидеть больше.',
  },
};
