// The rooms and who may import whom (DESIGN § 3): `a <- b` means b may import a, never back.
const pure = 'kernel|i18n|monitor|incident|alert|supervise|diagnose|protect|deploy|errors|logs|report|status-page';
const plugins = 'monitor/kinds|alert/channels|supervise/managers|diagnose/rules|protect/actions|deploy/switches';
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'i18n-imports-kernel-only',
      severity: 'error',
      from: { path: '^src/i18n/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/(kernel|i18n)/' },
    },
    {
      name: 'pure-rooms-touch-no-world',
      comment:
        "A room's own files are pure: no node:*, no package but zod (croner computes schedules); only plug-in folders touch the world.",
      severity: 'error',
      from: { path: `^src/(${pure})/[^/]+\\.ts$`, pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^src/', 'node_modules/(zod|croner)/', '^node_modules/@types/'] },
    },
    {
      name: 'domain-imports-domain-only',
      comment: 'Plug-in folders may also use the wire (docs/adr/0001-network-room.md).',
      severity: 'error',
      from: { path: `^src/(${pure})/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: `^src/(${pure}|network)/` },
    },
    {
      name: 'pure-files-know-no-wire',
      severity: 'error',
      from: { path: `^src/(${pure})/[^/]+\\.ts$`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/network/' },
    },
    {
      name: 'network-is-below-plugins',
      severity: 'error',
      from: { path: '^src/network/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: `^src/(network|kernel)/|^src/(${pure})/[^/]+\\.ts$` },
    },
    {
      name: 'diagnose-and-supervise-are-below-monitor',
      severity: 'error',
      from: { path: '^src/(diagnose|supervise)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(monitor|incident|alert|protect)/' },
    },
    {
      name: 'monitor-is-below-incident',
      severity: 'error',
      from: { path: '^src/monitor/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(incident|alert|protect)/' },
    },
    {
      name: 'incident-is-below-alert',
      severity: 'error',
      from: { path: '^src/incident/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/alert/' },
    },
    {
      name: 'pure-files-know-no-plugin',
      comment: 'A pure file knows the seam, never a plug-in.',
      severity: 'error',
      from: { path: `^src/(${pure})/[^/]+\\.ts$`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(${plugins})/` },
    },
    {
      name: 'plugins-know-no-sibling',
      comment:
        'A plug-in may use files in a folder named after it or `shared/`-free seam files of its room, never a sibling; index.ts is the list.',
      severity: 'error',
      from: { path: `^src/(${plugins})/(?!index\\.ts)([^/.]+)(\\.ts$|/)`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/$1/[^/]+`, pathNot: [`^src/$1/$2(\\.ts$|/)`] },
    },
    {
      name: 'middle-below-shell',
      severity: 'error',
      from: { path: '^src/(store|config|auth|ssh)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(host|witness|engine|api|cli)/|^src/main\\.ts' },
    },
    {
      name: 'shell-below-faces',
      severity: 'error',
      from: { path: '^src/(host|witness|engine)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(api|cli)/|^src/main\\.ts' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: '^bin/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'source-never-imports-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench|scripts)/|\\.test\\.ts$' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
