import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Fault } from '#kernel/fault.ts';
import type { InstallStep, Machine } from './install-plan.ts';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '      ');

/** One step as people read it before it is done. */
export const stepText = (step: InstallStep): string => {
  if (step.do === 'user') return `  create the system user ${step.name}\n`;
  if (step.do === 'folder')
    return `  folder ${step.path} (${octal(step.mode)}${step.owner === undefined ? '' : `, owned by ${step.owner}`})\n`;
  if (step.do === 'run') return `  run ${step.command.join(' ')}\n`;
  const verb = existsSync(step.path) ? 'replace' : 'write';
  return `  ${verb} ${step.path} (${octal(step.mode)})\n${indented(step.shown ?? step.text)}\n`;
};

const runCommand = (command: readonly string[]): void => {
  const [program = '', ...words] = command;
  const done = spawnSync(program, words, { encoding: 'utf8' });
  if (done.status === 0) return;
  const said = (done.error?.message ?? done.stderr).trim();
  throw new Fault('MACHINE_LACKS', `${command.join(' ')} failed${said === '' ? '.' : `: ${said}`}`);
};

/** Takes the place of the file only when it is whole, so that a power cut leaves the old one or the new one. */
const writeWhole = (path: string, text: string, mode: number): void => {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode, flag: 'wx', flush: true });
  chmodSync(fresh, mode);
  renameSync(fresh, path);
};

/**
 * Does one step.
 * @returns a sentence when it could not be done here and now but nothing is wrong (no running systemd)
 * @throws Fault MACHINE_LACKS with what the system said
 */
export const doStep = (step: InstallStep, machine: Pick<Machine, 'runsSystemd'>): string | undefined => {
  if (step.do === 'user')
    runCommand([
      'useradd',
      '--system',
      '--home-dir',
      step.home,
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      step.name,
    ]);
  else if (step.do === 'folder') {
    mkdirSync(step.path, { recursive: true, mode: step.mode });
    if (step.owner !== undefined) {
      chmodSync(step.path, step.mode);
      // What root has put there before (a joined witness's key, a restored store) has to be the user's as well.
      runCommand(['chown', '--recursive', step.owner, step.path]);
    }
  } else if (step.do === 'file') {
    mkdirSync(step.path.slice(0, step.path.lastIndexOf('/')), { recursive: true });
    writeWhole(step.path, step.text, step.mode);
  } else if (step.needsSystemd && !machine.runsSystemd) {
    return `not run, since systemd does not run here: ${step.command.join(' ')}`;
  } else runCommand(step.command);
  return undefined;
};
