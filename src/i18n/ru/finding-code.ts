import type { CauseWords, FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';
import type { codeCauses as en } from '../en/finding-code.ts';

const at = (seen: FindingParams): string =>
  part(seen, 'path', (path) => ` в ${path}`) + part(seen, 'line', (line) => `, строка ${line}`);

/** Причины в коде, в пакетах и в том Node, который их выполняет. */
export const codeCauses: Readonly<Record<keyof typeof en, CauseWords>> = {
  'entry-missing': {
    title: (seen) =>
      part(seen, 'script', (script) => `в package.json нет скрипта "${script}"`) ||
      `нет файла, с которого начинается программа${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Посмотрите, что запускает ecosystem-файл или package.json, и был ли этот файл выложен или собран; затем запустите по верному пути.',
  },
  'esm-cjs-mismatch': {
    title: (seen) =>
      `перепутаны ES-модуль и CommonJS${part(seen, 'name', (name) => ` (${name})`)}${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Приведите файл и ближайший package.json к согласию ("type": "module", .mjs, .cjs) или загружайте ES-модуль через import(). Если это пришло с обновлением, вернитесь к прежней версии.',
  },
  'export-missing': {
    title: (seen) =>
      `в ${part(seen, 'path', (path) => path) || 'модуле'} нет экспорта ${part(seen, 'export', (name) => name) || 'с таким именем'}`,
    remedy: () =>
      'Две стороны из разных версий: выложите оба файла одного релиза или переустановите пакет по lock-файлу (npm ci).',
  },
  'express-handler-undefined': {
    title: (seen) =>
      `обработчик маршрута не определён${part(seen, 'name', (name) => ` (${name})`)}${part(seen, 'route', (route) => `: ${route}`)}`,
    remedy: () =>
      'Посмотрите названную ниже строку: контроллер не экспортируется под этим именем, импорты замкнуты в круг или сборка старше исходников.',
  },
  'merge-conflict-markers': {
    title: (seen) => `неразрешённый конфликт слияния${at(seen)}`,
    remedy: () =>
      'Разрешите конфликт (ищите <<<<<<<), закоммитьте и выложите снова; до того вернитесь к прежнему релизу.',
  },
  'module-file-missing': {
    title: (seen) =>
      `нет импортируемого файла: ${part(seen, 'wanted', (wanted) => wanted) || 'неизвестно'}${part(seen, 'from', (from) => `, его требует ${from}`)}`,
    remedy: (seen) => {
      if (seen['package'] !== undefined) return `Пакет ${seen['package']} установлен не полностью: npm ci.`;
      return seen['extension'] === true
        ? 'ES-импорту нужно полное имя файла с расширением (./util.js). Либо файл не выложен: сравните с git (регистр букв важен).'
        : 'Файл не выложен или называется иначе (регистр букв важен): сравните с git и выложите снова.';
    },
  },
  'native-crash': {
    title: (seen) => `упал нативный код${part(seen, 'signal', (signal) => ` (${signal})`)}`,
    remedy: () =>
      'Посмотрите, какой нативный пакет обновился последним, и вернитесь назад или переустановите его (npm rebuild); его называет core dump или стек ниже.',
  },
  'native-library-missing': {
    title: (seen) =>
      `нет системной библиотеки${part(seen, 'path', (path) => `: ${path}`)}${part(seen, 'library', (name) => `: ${name}`)}`,
    remedy: (seen) =>
      seen['library'] === undefined
        ? 'Установите библиотеку из пакетов системы (apt-file search ИМЯ) или переустановите пакет Node на этой машине.'
        : 'Дополнение собрано на более новой системе: переустановите его на этой машине (npm rebuild) или возьмите систему новее.',
  },
  'native-module-abi': {
    title: (seen) =>
      `нативное дополнение собрано для другого Node${part(seen, 'path', (path) => `: ${path}`)}${part(seen, 'built', (built) => ` (ABI ${built}`)}${part(seen, 'needs', (needs) => `, у этого Node ${needs})`)}`,
    remedy: () =>
      'npm rebuild (или npm ci) тем Node, который запускает приложение, или запустите его тем Node, которым устанавливали.',
  },
  'native-module-wrong-platform': {
    title: (seen) =>
      `нативное дополнение для другой машины${part(seen, 'package', (name) => `: ${name}`)}${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'node_modules принесены с другой системы: удалите их и выполните npm ci на этой машине. Никогда не копируйте их.',
  },
  'node-option-invalid': {
    title: (seen) => `Node отвергает параметр${part(seen, 'option', (option) => `: ${option}`)}`,
    remedy: () =>
      'Исправьте NODE_OPTIONS, node_args в ecosystem-файле или скрипт запуска, либо возьмите Node, который знает этот параметр.',
  },
  'node-too-old': {
    title: (seen) =>
      `Node слишком старый${part(seen, 'node', (node) => `: сейчас ${node}`)}${part(seen, 'needs', (needs) => `, нужен ${needs}`)}${part(seen, 'name', (name) => ` (${name})`)}`,
    remedy: () =>
      'Запустите приложение более новым Node (проверьте `node -v` от пользователя менеджера процессов: он может находить не тот, что ваша оболочка).',
  },
  'package-missing': {
    title: (seen) =>
      `пакет ${part(seen, 'package', (name) => name) || part(seen, 'name', (name) => name) || ''} не установлен${part(seen, 'neededBy', (name) => ` (нужен для ${name})`)}`.replace(
        '  ',
        ' ',
      ),
    remedy: () =>
      'npm ci в папке приложения. Если его всё ещё нет: это devDependency, которую не ставят в production, или его вовсе нет в package.json.',
  },
  'package-path-not-exported': {
    title: (seen) =>
      `${part(seen, 'package', (name) => name) || 'пакет'} не экспортирует ${part(seen, 'wanted', (wanted) => wanted) || 'нужный путь'}`,
    remedy: () =>
      'Версия пакета не та, которую ожидает код: npm ci по lock-файлу или импортируйте то, что экспортирует его package.json.',
  },
  'prisma-not-generated': {
    title: () => 'клиент Prisma не сгенерирован для этой машины',
    remedy: () => 'npx prisma generate и запустите снова; добавьте это в деплой (или в скрипт postinstall).',
  },
  'stack-overflow': {
    title: () => 'бесконечная рекурсия: переполнен стек вызовов',
    remedy: () =>
      'Посмотрите на функцию, которая повторяется в стеке; если это пришло с последним деплоем, вернитесь к прежнему релизу.',
  },
  'stale-artifact': {
    title: (seen) =>
      `${part(seen, 'folder', (folder) => `устаревший или неполный ${folder}`) || 'сборка устарела или неполна'}${part(seen, 'wanted', (wanted) => `: требует '${wanted}', которого нет`)}`,
    remedy: (seen) =>
      `Если приложение работает из исходников: уберите ${part(seen, 'path', (path) => path) || 'папку'} (dozor protect делает это безопасно) и запустите снова. Если работает сборка: соберите её заново, целиком.`,
  },
  'syntax-error': {
    title: (seen) => `код не разбирается${at(seen)}`,
    remedy: () => 'Исправьте строку или вернитесь к прежнему релизу; проверяйте node --check ФАЙЛ перед деплоем.',
  },
  'typescript-not-supported': {
    title: (seen) => `этот Node не выполняет такой TypeScript${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Запускайте через tsx или ts-node, либо соберите и запускайте сборку; сам Node 24 выполняет лишь TypeScript, из которого типы можно вырезать (без enum и .tsx).',
  },
};
