import type { FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';
import { formatBytes, formatDuration, plural } from '../format.ts';
import type { factClues as en } from '../en/finding-facts.ts';

const text = (seen: FindingParams, key: string): string => String(seen[key] ?? '?');
const number = (seen: FindingParams, key: string): number => Number(seen[key] ?? 0);
const bytes = (seen: FindingParams, key: string): string => formatBytes(number(seen, key), 'ru');
const span = (seen: FindingParams, key: string): string => formatDuration(number(seen, key), 'ru');
const before = (seen: FindingParams): string => {
  if (seen['beforeMs'] === undefined) return '';
  return number(seen, 'beforeMs') === 0
    ? ', перед самым первым падением'
    : `, за ${span(seen, 'beforeMs')} до первого падения`;
};
const others = (seen: FindingParams): string =>
  number(seen, 'count') > 1 ? ` (и ещё ${number(seen, 'count') - 1})` : '';
const server = (seen: FindingParams): string =>
  `${part(seen, 'known', (kind) => `${kind} `)}${text(seen, 'address')}:${text(seen, 'port')}`;

const CHANGED: Readonly<Record<string, string>> = {
  artifact: 'сборка',
  'lock-file': 'файл блокировки версий',
  'env-file': 'файл окружения',
  'git-head': 'git HEAD',
  entry: 'точка входа',
  ecosystem: 'файл ecosystem',
  packages: 'установленные пакеты',
  source: 'исходник',
  manifest: 'package.json',
};

/** Русские тексты: что факты о машине и приложении говорят как улики. */
export const factClues: Readonly<Record<keyof typeof en, (seen: FindingParams) => string>> = {
  'artifact-appeared': (seen) => `${text(seen, 'path')} появился${before(seen)}`,
  'artifact-made-by': (seen) => `его собирает здесь ${text(seen, 'by')}`,
  'artifact-tracked': (seen) => `${text(seen, 'path')} хранится в git`,
  'artifact-untracked': (seen) => `в git нет ${text(seen, 'path')}`,
  'built-before-source': (seen) =>
    `${text(seen, 'built')} старше ${text(seen, 'source')} на ${span(seen, 'olderMs')}${others(seen)}`,
  'built-from-other-text': (seen) =>
    `${text(seen, 'built')} собран не из того ${text(seen, 'source')}, что лежит здесь${others(seen)}`,
  'built-import-broken': (seen) => `${text(seen, 'file')} требует '${text(seen, 'wanted')}', которого нет`,
  'built-without-source': (seen) => `у ${text(seen, 'built')} больше нет исходника${others(seen)}`,
  'changed-last': (seen) =>
    `последнее изменение перед этим: ${CHANGED[text(seen, 'what')] ?? text(seen, 'what')}, ${text(seen, 'path')}${part(seen, 'detail', (detail) => ` (${detail})`)}${before(seen)}`,
  'entry-is-built': (seen) => `работает код из ${text(seen, 'path')}: ${text(seen, 'file')} (${text(seen, 'by')})`,
  'entry-is-source': (seen) =>
    `работать должны исходники: ${text(seen, 'file')} (${text(seen, 'by')}); ${text(seen, 'path')} к ним не относится`,
  'entry-not-there': (seen) => `${text(seen, 'file')} нет на месте (${text(seen, 'by')})`,
  'env-empty': (seen) => `заданы, но пусты: ${text(seen, 'names')}`,
  'env-file-absent': (seen) => `${text(seen, 'file')} нет на месте`,
  'env-file-read': (seen) => `${text(seen, 'file')} задаёт имён: ${text(seen, 'count')}`,
  'env-in-example': (seen) => `в ${text(seen, 'file')} есть ещё: ${text(seen, 'names')}`,
  'env-used-not-set': (seen) =>
    `${text(seen, 'file')}:${text(seen, 'line')} использует ${text(seen, 'name')}, нигде не задано`,
  'file-unreadable': (seen) => `${text(seen, 'path')}: ${text(seen, 'problem')}`,
  'inodes-left': (seen) =>
    `на ${text(seen, 'mount')} осталось ${text(seen, 'free')} из ${text(seen, 'total')} инодов (слишком много мелких файлов)`,
  'killed-at-group-limit': (seen) =>
    `ядро убило ${text(seen, 'program')} (pid ${text(seen, 'pid')}) на пределе памяти его группы${part(seen, 'rssBytes', () => `, занимал ${bytes(seen, 'rssBytes')}`)}${others(seen)}`,
  'killed-for-memory': (seen) =>
    `ядро убило ${text(seen, 'program')} (pid ${text(seen, 'pid')}) из-за нехватки памяти${part(seen, 'rssBytes', () => `, занимал ${bytes(seen, 'rssBytes')}`)}${others(seen)}`,
  'last-deploy': (seen) => `последнее движение git HEAD: ${text(seen, 'what')} (${text(seen, 'commit')})`,
  'lock-after-install': (seen) =>
    `${text(seen, 'lock')} изменён через ${span(seen, 'laterMs')} после последней установки${before(seen)}`,
  'lock-differs': (seen) =>
    `${text(seen, 'name')}: в файле блокировки ${text(seen, 'wanted')}, установлено ${text(seen, 'found')}${others(seen)}`,
  'may-not-read': (seen) => `${text(seen, 'user')} не может читать ${text(seen, 'path')}`,
  'may-not-write': (seen) => `${text(seen, 'user')} не может писать в ${text(seen, 'path')}`,
  'memory-grows': (seen) => `его память росла на ${bytes(seen, 'bytesPerHour')} в час`,
  'memory-left': (seen) =>
    `сейчас доступно ${bytes(seen, 'availableBytes')} из ${bytes(seen, 'totalBytes')}${number(seen, 'swapTotalBytes') === 0 ? ', подкачки нет' : ''}`,
  'no-node-modules': () => 'node_modules нет',
  'node-wanted': (seen) => `${text(seen, 'from')} требует ${text(seen, 'range')}, работает на ${text(seen, 'node')}`,
  'package-not-installed': (seen) => `есть в package.json, но не установлены: ${text(seen, 'names')}`,
  'package-not-whole': (seen) => `установлены не целиком: ${text(seen, 'names')}`,
  'path-missing': (seen) => `${text(seen, 'path')} нет на месте`,
  'port-free-now': (seen) => `сейчас порт ${text(seen, 'port')} никто не слушает`,
  'port-owner': (seen) =>
    `порт ${text(seen, 'port')} держит ${text(seen, 'program')} (pid ${text(seen, 'pid')})${part(seen, 'command', (command) => `: ${command}`)}`,
  'port-owner-hidden': (seen) => `порт ${text(seen, 'port')} кто-то слушает; кто, видно только root`,
  'port-owner-is-app': (seen) => `это само ${text(seen, 'app')}: запущено дважды`,
  'room-left': (seen) =>
    `на ${text(seen, 'mount')} осталось ${bytes(seen, 'freeBytes')} из ${bytes(seen, 'totalBytes')}${part(seen, 'fullInMs', () => `, кончится через ${span(seen, 'fullInMs')}`)}`,
  'server-answers-now': (seen) => `${server(seen)} сейчас отвечает (${text(seen, 'tookMs')} мс)`,
  'server-silent': (seen) =>
    `${server(seen)} отсюда не отвечает: ${text(seen, 'error')} (задано в ${text(seen, 'name')})`,
  'source-leads-into': (seen) => `${text(seen, 'from')} загружает ${text(seen, 'to')}`,
  'takes-room': (seen) =>
    `${text(seen, 'path')}: ${bytes(seen, 'bytes')}, ${text(seen, 'files')} ${plural(number(seen, 'files'), 'ru', { one: 'файл', few: 'файла', many: 'файлов' })}`,
  unmerged: (seen) => `git не слил ${text(seen, 'path')}`,
};
