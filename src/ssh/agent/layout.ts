import { join } from 'node:path';

/** The folder of a host's user that the agent lives in; nothing of it lies elsewhere but the systemd unit. */
export const AGENT_FOLDER = '.dozor-agent';

/** Where everything of an installed agent lies. */
export interface AgentPlaces {
  readonly folder: string;
  /** Each brought Node, by the beginning of its SHA-256. */
  readonly nodes: string;
  /** Each brought Dozor, by its id, with a link `node` to the Node that it runs on. */
  readonly releases: string;
  /** A link to the release that runs: one rename changes Dozor and Node together. */
  readonly current: string;
  /** The agent's key and spool. */
  readonly data: string;
  /** Dozor's command line there. */
  readonly program: string;
  /** Runs the agent and starts it again whatever it ends with: for machines without systemd. */
  readonly loop: string;
  /** The process of the loop. */
  readonly pid: string;
  readonly log: string;
  /** Where `npm install --prefix … node@24` puts a Node that could not be brought. */
  readonly ownNode: string;
}

/** The places below a home folder. */
export const agentPlaces = (home: string): AgentPlaces => {
  const folder = join(home, AGENT_FOLDER);
  return {
    folder,
    nodes: join(folder, 'node'),
    releases: join(folder, 'releases'),
    current: join(folder, 'current'),
    data: join(folder, 'data'),
    program: join(folder, 'dozor'),
    loop: join(folder, 'run'),
    pid: join(folder, 'agent.pid'),
    log: join(folder, 'agent.log'),
    ownNode: join(folder, 'own-node'),
  };
};

/** The unit's name. */
export const AGENT_UNIT = 'dozor-agent.service';
/** Where it lies. */
export const AGENT_UNIT_FILE = `/etc/systemd/system/${AGENT_UNIT}`;

/** How much of a SHA-256 names a Node. */
export const nodeName = (sha256: string): string => sha256.slice(0, 12);

/** The text of `dozor`: the command line over there, on the Node that was brought with it. */
export const PROGRAM_SCRIPT = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/current/node/bin/node" "$here/current/bin/dozor.js" "$@"
`;

/** The text of `run`. Its log is begun anew when it has grown beyond 5 MB. */
export const LOOP_SCRIPT = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
cd "$here/data" || exit 1
trap 'kill "$child" 2>/dev/null; rm -f "$here/agent.pid"; exit 0' TERM INT HUP
echo $$ > "$here/agent.pid"
while :; do
  find "$here/agent.log" -size +5000k -exec cp /dev/null "$here/agent.log" ';' 2>/dev/null
  "$here/dozor" agent --data "$here/data" >> "$here/agent.log" 2>&1 &
  child=$!
  wait "$child"
  sleep 5 &
  child=$!
  wait "$child"
done
`;
