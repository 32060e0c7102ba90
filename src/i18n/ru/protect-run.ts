import type { SaidParams } from '../en/protect-files.ts';
import type { runs as runsEn, runSays as en } from '../en/protect-run.ts';

/** What stale artifacts, disk space and health say: keys of `says`. */
export const runSays: typeof en = {
  'artifacts.none': (): string => 'артефактов в папке нет',
  'artifacts.there': ({ paths }: SaidParams): string => `ещё лежит: ${paths}`,
  'artifacts.entry': ({ path, entry }: SaidParams): string =>
    `${path} остаётся: приложение работает из него (${entry})`,
  'artifacts.named': ({ path }: SaidParams): string => `${path} остаётся: его называет команда запуска`,
  'artifacts.tracked': ({ path }: SaidParams): string => `${path} остаётся: он в git; уберите его: git rm -r --cached`,
  'artifacts.git-silent': ({ path }: SaidParams): string =>
    `${path} остаётся: git не смог ответить, следит ли он за ним`,
  'artifacts.open': ({ path, pid, program }: SaidParams): string =>
    `${path} остаётся: открыт программой ${program} (pid ${pid})`,
  'artifacts.fresh': ({ path }: SaidParams): string => `${path} остаётся: записан только что, возможно, идёт сборка`,
  'artifacts.link': ({ path }: SaidParams): string =>
    `${path} остаётся: это ссылка или он ведёт за пределы папки приложения`,
  'artifacts.mount': ({ path }: SaidParams): string => `${path} остаётся: туда смонтирована другая файловая система`,
  'artifacts.own': ({ path }: SaidParams): string => `${path} остаётся: это часть приложения, а не артефакт`,
  'artifacts.restart': ({ app }: SaidParams): string => `${app} лежит и будет запущен заново`,
  'space.enough': ({ free, mount }: SaidParams): string => `на ${mount} свободно ${free}`,
  'space.low': ({ free, mount }: SaidParams): string => `на ${mount} свободно только ${free}`,
  'space.nothing': ({ free, mount }: SaidParams): string =>
    `на ${mount} свободно только ${free}, и ничего, что можно безопасно убрать, не найдено`,
  'space.for-good': ({ bytes }: SaidParams): string => `${bytes} удаляется навсегда, вернуть будет нельзя`,
  'health.good': ({ url, status }: SaidParams): string => `${url} отвечает ${status}`,
  'health.bad': ({ url, why }: SaidParams): string => `${url} отвечает плохо: ${why}`,
  'health.port': ({ port }: SaidParams): string =>
    `порт ${port} открыт, но адрес проверки здоровья неизвестен: задайте apps[].health`,
  'health.unknown': (): string => 'адрес проверки здоровья неизвестен: задайте apps[].health или --health URL',
  'recover.gap': ({ app }: SaidParams): string =>
    `${app} останавливается и запускается: секунду или дольше его не будет`,
  'recover.list': ({ app }: SaidParams): string =>
    `${app} удаляется из списка PM2 и запускается заново из файла ecosystem`,
  'rollback.gap': ({ app }: SaidParams): string => `${app} перезапускается: около секунды его не будет`,
  'rollback.schema': (): string => 'изменения базы данных не откатываются',
  'rollback.packages': (): string => 'node_modules остаётся как есть: пакеты того времени не сохранены',
  'trial.work': ({ names }: SaidParams): string =>
    `пробный запуск на несколько секунд поднимает второй экземпляр: задания и боты могут сработать дважды (${names})`,
};

/** How runs of protect, recover and rollback are told. */
export const runs: typeof runsEn = {
  step: {
    write: (path) => `изменить ${path}`,
    make: (path) => `создать ${path}`,
    trash: (path, bytes) => `переместить ${path} (${bytes}) в корзину`,
    delete: (path, bytes) => `удалить ${path} (${bytes}) навсегда`,
    swap: (path) => `вернуть ${path}`,
    swapAway: (path) => `убрать ${path}`,
    run: (command) => `выполнить ${command}`,
    patch: (path, why) => `вручную в ${path}: ${why}`,
  },
  trial: {
    booted: (took) => `пробный запуск будущего состояния: здорово через ${took}`,
    bootedWorker: (took) => `пробный запуск будущего состояния: работает ${took} (порт не слушает)`,
    ended: (how) => `пробный запуск будущего состояния: завершилось (${how})`,
    silent: () => 'пробный запуск будущего состояния: порт вовремя не открыт',
    unhealthy: (status) => `пробный запуск будущего состояния: порт открыт, но здоровье плохое (${status})`,
    untried: (why) => `будущее состояние нельзя опробовать: ${why}`,
    skipped: () => 'пробный запуск не нужен',
  },
  untried: {
    'no-start-command': 'команда запуска неизвестна',
    'too-large': 'папка слишком велика для копии',
    'no-space': 'на диске нет места для копии',
    'no-place': 'нет папки для копии, в которую можно писать',
    'another-port': 'ему нужен свой порт, а тот занят',
    'never-two-at-once': 'двух экземпляров сразу быть не должно',
    'too-much-memory': 'заняло слишком много памяти',
    stopped: 'остановлено вручную',
    'not-started': 'запустить не удалось вовсе',
  },
  phase: {
    done: 'сделано',
    undone: 'возвращено: всё как было',
    failed: 'не удалось: вернуть получилось не всё',
    other: 'не закончено',
  },
  turned: {
    'trial-failed': 'пробный запуск не удался; ничего не изменено',
    untried: 'будущее состояние нельзя опробовать; ничего не изменено',
    'backup-failed': 'копию сделать не удалось; ничего не изменено',
    'apply-failed': 'один из шагов не удался',
    unhealthy: 'после изменений приложение не было здорово',
    interrupted: 'было прервано',
    asked: 'по просьбе',
  },
  settled: {
    done: (id) => `Запуск ${id} был прерван: он доведён до конца.`,
    undone: (id) => `Запуск ${id} был прерван: он возвращён, всё как до него.`,
    failed: (id) => `Запуск ${id} был прерван; ни закончить, ни вернуть целиком его не удалось.`,
  },
  refusedUndo: (path) => `${path} с тех пор изменён: ничего не возвращено`,
  checklist: {
    title: 'P0, критично, сегодня',
    monitoring: 'мониторинг настроен',
    limits: 'PM2 max_restarts = 3 и min_uptime = 30s',
    sentry: 'Sentry включён в production',
    artifacts: 'артефакты: dist/ удалён',
    done: 'сделано',
    open: 'открыто',
    unknown: 'неизвестно',
  },
  monitoringSeen: (where) => `Dozor следит за ним (${where})`,
  monitoringUnseen: 'Dozor, который за ним следит, не найден: dozor https://…/health',
};
