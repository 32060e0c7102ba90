import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'native-module-abi',
    sure: 0.97,
    match: words(
      /(?:module '(?<path>[^']{1,300})'\s+)?was compiled against a different Node\.js version using\s+NODE_MODULE_VERSION (?<built>\d{2,3})\. This version of Node\.js requires\s+NODE_MODULE_VERSION (?<needs>\d{2,3})/,
    ),
  },
  {
    cause: 'native-module-abi',
    sure: 0.9,
    match: words(
      /NODE_MODULE_VERSION|Module did not self-register(?:: '(?<path>[^']{1,300})')?|undefined symbol: \S{0,120}(?:v8|node|napi|uv_)\S{0,120}|Module version mismatch/,
    ),
  },
  {
    cause: 'native-module-wrong-platform',
    sure: 0.96,
    match: words(
      /(?<path>\S{1,300}): (?:invalid ELF header|wrong ELF class|file too short|cannot open shared object file: Exec format error|not a mach-o file|slice is not valid mach-o|mach-o)/,
    ),
  },
  {
    cause: 'native-module-wrong-platform',
    sure: 0.93,
    match: words(
      /Exec format error|is not a valid Win32 application|\bENOEXEC\b|invalid ELF header|incompatible architecture|slice is not valid mach-o file/,
    ),
  },
  {
    cause: 'native-library-missing',
    sure: 0.95,
    match: words(/(?<path>[^\s:]{1,300}\.so(?:\.[\d.]+)?): cannot open shared object file/),
  },
  {
    cause: 'native-library-missing',
    sure: 0.93,
    match: words(/version `(?<library>(?:GLIBC|GLIBCXX|CXXABI|MUSL)[\w.]{1,20})' not found/),
  },
  {
    cause: 'native-library-missing',
    sure: 0.92,
    match: words(
      /Error loading shared library (?<path>[^\s:]{1,200})|Error relocating \S{1,200}: (?<symbol>\S{1,100}): symbol not found|libssl\.so|symbol lookup error/,
    ),
  },
  {
    cause: 'native-module-wrong-platform',
    sure: 0.9,
    match: words(/Could not load the "(?<package>sharp)" module using the (?<platform>[\w-]{1,40}) runtime/),
  },
  {
    cause: 'native-module-wrong-platform',
    sure: 0.9,
    match: words(
      /You installed esbuild for another platform|The package "@[\w/-]{1,80}" could not be found, and is needed by|installed (?:for|on) another platform|(?:Failed to load native binding|Cannot find native binding)|Unsupported (?:platform|OS|architecture)[^\n]{0,60}/,
    ),
  },
  {
    cause: 'native-module-wrong-platform',
    sure: 0.9,
    match: words(
      /Cannot find (?:module|package) '(?<package>@(?:esbuild|swc|rollup|img|parcel|next|oxc-\w+|rolldown|napi-rs|node-rs|tailwindcss|biomejs|lightningcss)\/[\w-]*(?:linux|darwin|win32|sunos|freebsd)[\w-]*)/,
    ),
  },
  {
    cause: 'native-module-abi',
    sure: 0.7,
    match: words(
      /Could not locate the bindings file|Cannot find module '(?<path>[^']{0,200}(?:build\/Release|prebuilds|lib\/binding)[^']{0,200}\.node)'|No native build was found for/,
    ),
  },
  { cause: 'native-library-missing', sure: 0.6, match: words(/ERR_DLOPEN_FAILED/) },
];

/** Native add-ons: made for another Node, for another machine, or without the libraries they need. */
export const native = defineRule({
  name: 'native',
  causes: ['native-module-abi', 'native-module-wrong-platform', 'native-library-missing'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
