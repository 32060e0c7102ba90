import type { Reading } from '../crash.ts';
import type { Finding, Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, endClues, told, words, type Signature } from '../signature.ts';

const HEAP =
  /^.{0,80}FATAL ERROR: .{0,200}(?:heap out of memory|Allocation failed|Out of memory)|^.{0,40}Fatal (?:JavaScript out of memory|process out of memory).{0,120}|ERR_WORKER_OUT_OF_MEMORY.{0,120}/;
const KERNEL =
  /(?:Memory cgroup out of memory|[Oo]ut of memory): Kill(?:ed)? process (\d+) \(([^)]{1,40})\).{0,120}|oom[-_]kill:.{0,200}|oom-kill event.{0,100}|invoked oom-killer.{0,100}|A process of this unit has been killed by the OOM killer.{0,40}|Failed with result 'oom-kill'.{0,20}|OOMKilled(?:["']?: ?true)?.{0,20}/;
const LAST_GC = /(?:Mark-Compact|Scavenge) (?:\(reduce\) )?(\d+(?:\.\d+)?) \(/g;

/** Weight of what an older crash in the same log left behind. */
const OLDER = 0.35;

const lastLine = (reading: Reading, pattern: RegExp): number =>
  reading.lines.findLastIndex((line) => pattern.test(line));

const fromText = (
  reading: Reading,
  cause: Finding['cause'],
  pattern: RegExp,
  params: Params,
  sure: number,
): readonly Finding[] => {
  const at = lastLine(reading, pattern);
  if (at < 0) return [];
  const decisive = reading.suspects[0]?.report;
  const isOlder = decisive !== undefined && decisive.form !== 'line' && decisive.from > at;
  const source = cause === 'kernel-out-of-memory' ? 'kernel' : 'output';
  const quote = told(pattern.exec(reading.lines[at] ?? '')?.[0] ?? '');
  return [
    { cause, params, confidence: isOlder ? sure * OLDER : sure, evidence: [{ source, quote }, ...endClues(reading)] },
  ];
};

const heapParams = (text: string): Params => {
  const last = [...text.matchAll(LAST_GC)].at(-1)?.[1];
  return last === undefined ? {} : { mb: Math.round(Number(last)) };
};

/** Too large for one value, however much memory there is. */
const SIGNATURES: readonly Signature[] = [
  { cause: 'stack-overflow', sure: 0.95, match: words(/Maximum call stack size exceeded|too much recursion/) },
  {
    cause: 'heap-out-of-memory',
    sure: 0.85,
    match: words(/ERR_WORKER_OUT_OF_MEMORY|Worker terminated due to reaching memory limit/),
  },
  {
    cause: 'heap-out-of-memory',
    sure: 0.8,
    match: words(/Array buffer allocation failed|\bENOMEM\b|Cannot allocate memory|std::bad_alloc/),
  },
  {
    cause: 'heap-out-of-memory',
    sure: 0.6,
    match: words(
      /Cannot create a string longer than|ERR_STRING_TOO_LONG|Invalid (?:typed )?array (?:buffer )?length|ERR_BUFFER_TOO_LARGE|Set maximum size exceeded|Map maximum size exceeded/,
    ),
  },
];

/** Memory at its end: V8's limit, the kernel's, the stack's. */
export const memory = defineRule({
  name: 'memory',
  causes: ['heap-out-of-memory', 'kernel-out-of-memory', 'stack-overflow'],
  judge: (reading) => [
    ...fromText(reading, 'heap-out-of-memory', HEAP, heapParams(reading.everything), 0.97),
    ...fromText(reading, 'kernel-out-of-memory', KERNEL, {}, 0.95),
    ...bySignatures(reading, SIGNATURES),
  ],
});
