import { cpus } from 'node:os';
import type { MachineFacts } from '#diagnose/machine-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { readProc } from './files.ts';

type Memory = MachineFacts['memory'] extends Known<infer Value> ? Value : never;
type Load = MachineFacts['load'] extends Known<infer Value> ? Value : never;

/** Reads /proc/meminfo; undefined when it says no total. */
export const parseMemory = (text: string): Memory | undefined => {
  const bytes = (key: string): number | undefined => {
    const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1_024;
  };
  const totalBytes = bytes('MemTotal');
  if (totalBytes === undefined) return undefined;
  return {
    totalBytes,
    // Kernels before 3.14 do not say what is available.
    availableBytes: bytes('MemAvailable') ?? (bytes('MemFree') ?? 0) + (bytes('Cached') ?? 0),
    swapTotalBytes: bytes('SwapTotal') ?? 0,
    swapFreeBytes: bytes('SwapFree') ?? 0,
  };
};

/** Memory and swap of the machine. */
export const collectMemory = async (): Promise<Known<Memory>> => {
  const memory = parseMemory((await readProc('/proc/meminfo')) ?? '');
  return memory === undefined ? unknown('unsupported') : known(memory);
};

let cpuCount = 0;

/** Load averages of 1, 5 and 15 minutes, and how many processors carry them. */
export const collectLoad = async (): Promise<Known<Load>> => {
  const [one = Number.NaN, five = Number.NaN, fifteen = Number.NaN] = ((await readProc('/proc/loadavg')) ?? '')
    .split(' ')
    .map(Number);
  if (cpuCount === 0) cpuCount = Math.max(1, cpus().length);
  return Number.isNaN(fifteen) ? unknown('unsupported') : known({ averages: [one, five, fifteen], cpus: cpuCount });
};
