import type { ErrorReport } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, subjectOf, told, words, type Signature } from '../signature.ts';

const PLACE = /(?:EADDRINUSE|EACCES|EADDRNOTAVAIL|EPERM)\b[^\n]{0,60}? (?:(\S*?):)?:?:?:?(\d{1,5})\b/;

const placeOf = (report: ErrorReport): Params => {
  const match = PLACE.exec(subjectOf(report));
  const port = report.props['port'] ?? match?.[2] ?? '';
  const address = report.props['address'] ?? match?.[1] ?? '';
  return {
    ...(/^\d{1,5}$/.test(port) ? { port: Number(port) } : {}),
    ...(address === '' ? {} : { [address.startsWith('/') ? 'path' : 'address']: told(address) }),
  };
};

const listening =
  (code: string): Signature['match'] =>
  (report) => {
    const subject = subjectOf(report);
    const isListen = /\b(?:listen|bind)\b/.test(`${report.props['syscall'] ?? ''} ${subject}`);
    return new RegExp(`\\b${code}\\b`).test(subject) && isListen ? placeOf(report) : undefined;
  };

const SIGNATURES: readonly Signature[] = [
  { cause: 'port-in-use', sure: 0.97, match: listening('EADDRINUSE') },
  {
    cause: 'port-in-use',
    sure: 0.93,
    match: (report) => (/\bEADDRINUSE\b|address already in use/.test(subjectOf(report)) ? placeOf(report) : undefined),
  },
  {
    cause: 'port-in-use',
    sure: 0.85,
    match: words(
      /\bport:? (?<port>\d{2,5})\b[^\n]{0,30} (?:is )?(?:already )?(?:in use|taken|used|occupied)|Something is already running on port (?<other>\d{2,5})/i,
    ),
  },
  { cause: 'port-forbidden', sure: 0.95, match: listening('EACCES') },
  { cause: 'port-forbidden', sure: 0.9, match: listening('EPERM') },
  {
    cause: 'port-forbidden',
    sure: 0.85,
    match: words(/[Pp]ort (?<port>\d{1,5}) requires (?:elevated|root) privileges/),
  },
  { cause: 'address-not-available', sure: 0.96, match: listening('EADDRNOTAVAIL') },
  {
    cause: 'address-not-available',
    sure: 0.85,
    match: (report) =>
      /\bEADDRNOTAVAIL\b/.test(subjectOf(report)) && !/\bconnect\b/.test(subjectOf(report))
        ? placeOf(report)
        : undefined,
  },
  {
    cause: 'address-not-available',
    sure: 0.8,
    match: words(/listen (?:EAFNOSUPPORT|EINVAL)[^\n]{0,60} (?<address>[\da-fA-F:.]{3,60})/),
  },
  {
    cause: 'address-not-available',
    sure: 0.8,
    match: (report) =>
      /\blisten\b/.test(subjectOf(report)) === false &&
      report.frames.some((frame) => /listenInCluster|lookupAndListen|Server\.listen/.test(frame)) &&
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN)/.test(subjectOf(report))
        ? { address: told(report.props['hostname'] ?? '') }
        : undefined,
  },
];

/** The port or address to listen on: taken, not allowed, not this machine's. */
export const port = defineRule({
  name: 'port',
  causes: ['port-in-use', 'port-forbidden', 'address-not-available'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
