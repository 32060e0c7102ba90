import { readFileSync } from 'node:fs';

/** Linux counts a process's time in these (`getconf CLK_TCK`; 100 on every platform that Node runs on). */
const TICKS_A_SECOND = 100;

/** CPU seconds that a process has used so far, all its threads counted (proc(5): utime and stime of the thread group). */
export const cpuSeconds = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
};

const statusKb = (pid: number, key: string): number =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** Memory that a process holds now, in KiB (VmRSS, all threads, shared pages included). */
export const residentKb = (pid: number): number => statusKb(pid, 'VmRSS');

/** The most memory that it has held, in KiB (VmHWM). */
export const peakKb = (pid: number): number => statusKb(pid, 'VmHWM');
