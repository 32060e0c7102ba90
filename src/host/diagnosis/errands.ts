import { homedir } from 'node:os';
import type { Errands } from '../../ssh/errand.ts';
import { diagnoseApp, type AppInQuestion } from './diagnose-app.ts';

/** What is asked on this or another machine. */
export interface DiagnoseOrder {
  readonly app: AppInQuestion;
  readonly limit: number;
  readonly trial: boolean;
  /** Where relative folders begin; the home of the user without it. */
  readonly cwd?: string;
}

/** What can be looked at on another machine. */
export const DIAGNOSE_ERRANDS: Errands = {
  diagnose: {
    changes: false,
    run: async ({ input }) => {
      // The same version of Dozor sent both the order and this code.
      const { cwd, ...order } = input as DiagnoseOrder;
      return diagnoseApp({ ...order, cwd: cwd ?? homedir() });
    },
  },
};
