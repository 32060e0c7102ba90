import { Fault } from '#kernel/fault.ts';
import { connect } from './client.ts';
import type { Terminal } from './terminal.ts';

/** Whether monitoring is set up, as far as it can be seen from here. */
export interface Monitoring {
  readonly state: 'done' | 'open' | 'unknown';
  readonly text: string;
}

const ADVICE = 'no Dozor that watches was found: dozor https://…/health';

interface Listed {
  readonly items?: readonly { readonly name?: string }[];
}

/** Asks the brain that this command line would talk to; over SSH the other machine's brain is not known here. */
export const watchedBy = async (terminal: Terminal, ssh: string | undefined): Promise<Monitoring> => {
  try {
    const client = connect({}, terminal);
    const { items = [] } = (await client.get('/monitors')) as Listed;
    const [first] = items;
    if (first === undefined)
      return { state: 'open', text: 'Dozor runs, but has no monitor yet: dozor https://…/health' };
    return {
      state: 'done',
      text: `Dozor watches ${items.length} ${items.length === 1 ? 'monitor' : 'monitors'} (${client.where})`,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { state: ssh === undefined ? 'open' : 'unknown', text: ADVICE };
  }
};
