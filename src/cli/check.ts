import { isIP } from 'node:net';
import { checkView } from '#api/views/basics.ts';
import { compile } from '#config/compile.ts';
import { secretsFrom } from '#config/environment.ts';
import { systemClock } from '#engine/system-clock.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { CheckResult } from '#monitor/check.ts';
import type { Monitor } from '#monitor/model.ts';
import { KINDS } from '#monitor/kinds/index.ts';
import { anchorControl, gatewayControl } from '#network/control.ts';
import { DEFAULT_CONTROLS } from '#network/own-network.ts';
import { createResolver } from '#network/resolver.ts';
import { readRouteTable, routeTo } from '#network/route.ts';
import { checkText, exitOf, type Outcome } from './check-text.ts';
import { specOf, type CheckSpecOptions } from './check-spec.ts';
import type { CommandContext, Define } from './command.ts';
import type { Terminal } from './terminal.ts';

interface Options extends CheckSpecOptions {
  readonly json?: boolean;
}

interface Asked {
  readonly result: CheckResult;
  readonly host: string | undefined;
}

const CONTROL_TIMEOUT_MS = 1_500;

const monitorOf = (spec: Json, terminal: Terminal): Monitor => {
  const resource = { id: 'check', num: 0, kind: 'monitor', name: 'check', origin: 'cli', spec, position: 0 } as const;
  try {
    const compiled = compile({ ...resource, createdAt: systemClock.now() }, secretsFrom(terminal.env));
    if (compiled.kind === 'monitor') return compiled.value;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('USAGE', 'This cannot be asked:', error.hint, { places: error.places, cause: error });
  }
  throw new Error('a monitor compiled to something else');
};

const ask = async (spec: Json, terminal: Terminal): Promise<Asked> => {
  const clock = systemClock;
  const { kind: name, timeoutMs, config } = monitorOf(spec, terminal);
  const kind = KINDS.find((one) => one.kind === name);
  if (kind?.check === undefined) throw new Fault('USAGE', `Nothing can be asked of the kind ${name}.`);
  const signal = AbortSignal.timeout(timeoutMs);
  const resolver = createResolver({ clock });
  const result = await kind.check(config, { source: 'now', signal, timeoutMs, resolver, clock });
  return { result, host: kind.target(config).host };
};

const wayIsGood = async (host: string | undefined): Promise<boolean> => {
  const table = readRouteTable();
  const route = routeTo(host, table);
  if (route === 'loopback' || route === 'own') return true;
  const resolver = createResolver({ clock: systemClock });
  const controls =
    route === 'beyond'
      ? DEFAULT_CONTROLS.map((anchor) => anchorControl(anchor, resolver))
      : table.gateways.map(gatewayControl);
  const signal = AbortSignal.timeout(CONTROL_TIMEOUT_MS);
  const answers = await Promise.all(controls.map(async (control) => await control.ask(signal)));
  return answers.includes(true);
};

/** Hard evidence says down. Silence says it only when our own way to the target is known to be good. */
const judge = async ({ result, host }: Asked): Promise<Outcome> => {
  if (result.class === 'ok') return 'up';
  if (result.class === 'hard') return 'down';
  if (result.reason?.code === 'watch.cannot-ask') return 'unknown';
  const address = result.ip ?? (isIP(host ?? '') === 0 ? undefined : host);
  return (await wayIsGood(address)) ? 'down' : 'unknown';
};

const check = async (address: string, options: Options, { terminal, exit }: CommandContext): Promise<void> => {
  const asked = await ask(specOf(address, options), terminal);
  const outcome = await judge(asked);
  exit(exitOf(outcome));
  const view = checkView(asked.result, 'en');
  terminal.out(
    options.json === true ? `${JSON.stringify({ outcome, ...view })}\n` : checkText(view, outcome, terminal),
  );
};

/** `dozor check`: one shot with phases. */
export const define: Define = (command, context) => {
  command
    .description(
      "Asks once and shows each phase. Exit code 0: up, 1: down, 2: can't tell (silence, and our own network does not answer either).",
    )
    .argument('<url>', 'https://…, http://…, tcp://host:port, tls://host, dns://name, ping://host')
    .option('-X, --method <method>', 'the HTTP method')
    .option(
      '-H, --header <line>',
      'a header, "Name: value" (again for more)',
      (line: string, all: string[]) => [...all, line],
      [],
    )
    .option('--body <text>', 'the body')
    .option('--status <ranges>', 'good statuses (200-299)')
    .option('--keyword <text>', 'what the answer must contain')
    .option('--timeout <span>', 'the deadline (5s)')
    .option('--ip <4|6>', 'only this version of IP')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  dozor check https://api.example.com/health --keyword ok
  dozor check https://api.example.com/items -X POST --body '{}' -H "Content-Type: application/json" --status 201
  dozor check tls://api.example.com`,
    )
    .action(async (address: string, options: Options) => check(address, options, context));
};
