import type { Locale } from '../kernel/locale.ts';
import { answers as answersEn } from './en/answers.ts';
import { cli as cliEn } from './en/cli.ts';
import { diagnosis as diagnosisEn } from './en/diagnosis.ts';
import { findings as findingsEn } from './en/findings.ts';
import { hosts as hostsEn } from './en/hosts.ts';
import { messages as messagesEn } from './en/messages.ts';
import { pages as pagesEn } from './en/pages.ts';
import { protect as protectEn } from './en/protect.ts';
import { reasons as reasonsEn } from './en/reasons.ts';
import { answers as answersRu } from './ru/answers.ts';
import { cli as cliRu } from './ru/cli.ts';
import { diagnosis as diagnosisRu } from './ru/diagnosis.ts';
import { findings as findingsRu } from './ru/findings.ts';
import { hosts as hostsRu } from './ru/hosts.ts';
import { messages as messagesRu } from './ru/messages.ts';
import { pages as pagesRu } from './ru/pages.ts';
import { protect as protectRu } from './ru/protect.ts';
import { reasons as reasonsRu } from './ru/reasons.ts';

/** All texts of one language; the compiler checks that each language has each key with the same parameters. */
export interface Catalog {
  readonly answers: typeof answersEn;
  readonly reasons: typeof reasonsEn;
  readonly messages: typeof messagesEn;
  readonly cli: typeof cliEn;
  readonly pages: typeof pagesEn;
  readonly hosts: typeof hostsEn;
  readonly protect: typeof protectEn;
  readonly findings: typeof findingsEn;
  readonly diagnosis: typeof diagnosisEn;
}

const CATALOGS: Readonly<Record<Locale, Catalog>> = {
  en: {
    answers: answersEn,
    reasons: reasonsEn,
    messages: messagesEn,
    cli: cliEn,
    pages: pagesEn,
    hosts: hostsEn,
    protect: protectEn,
    findings: findingsEn,
    diagnosis: diagnosisEn,
  },
  ru: {
    answers: answersRu,
    reasons: reasonsRu,
    messages: messagesRu,
    cli: cliRu,
    pages: pagesRu,
    hosts: hostsRu,
    protect: protectRu,
    findings: findingsRu,
    diagnosis: diagnosisRu,
  },
};

/** The texts of a language. */
export const catalog = (locale: Locale): Catalog => CATALOGS[locale];
