import { homedir } from 'node:os';
import { processEnvironment } from '#config/environment.ts';
import type { Json } from '#kernel/json.ts';
import type { Errand, ErrandCall, Errands } from '../../ssh/errand.ts';
import { carryOutProtection, planProtection, undoRun, type ProtectOrder, type UndoOrder } from './protect.ts';
import { carryOutRecover, planRecover, type RecoverOrder } from './recover.ts';
import { carryOutRollback, keepNow, planRollback, type KeepOrder, type RollbackOrder } from './rollback.ts';
import type { Surroundings } from './scene.ts';

/** What comes with every order over SSH: values for actions, which are never shown. */
interface Given {
  readonly given?: Readonly<Record<string, string>>;
  /** Where relative paths begin; the home of the user without it. */
  readonly cwd?: string;
}

const surroundingsOf = ({ input, signal }: ErrandCall): Surroundings => ({
  env: processEnvironment(),
  home: homedir(),
  cwd: (input as Given).cwd ?? homedir(),
  now: () => Date.now(),
  signal,
  agent: false,
  given: (input as Given).given ?? {},
});

/** What is told on the way: only that it goes on, and with what. */
const onNews =
  ({ progress }: ErrandCall) =>
  (news: object): void => {
    if ('now' in news) progress({ now: (news.now as { readonly do: string }).do } satisfies Json);
  };

const errand = <Order>(
  changes: boolean,
  run: (
    order: Order,
    surroundings: Surroundings,
    options: { readonly onNews: (news: object) => void },
  ) => Promise<unknown>,
): Errand => ({
  changes,
  // The same version of Dozor sent both the order and this code.
  run: async (call) => run(call.input as Order, surroundingsOf(call), { onNews: onNews(call) }),
});

/** What can be mended on another machine. */
export const MEND_ERRANDS: Errands = {
  protect: errand<ProtectOrder>(false, planProtection),
  'protect-apply': errand<ProtectOrder>(true, carryOutProtection),
  recover: errand<RecoverOrder>(false, planRecover),
  'recover-apply': errand<RecoverOrder>(true, carryOutRecover),
  rollback: errand<RollbackOrder>(false, planRollback),
  'rollback-apply': errand<RollbackOrder>(true, carryOutRollback),
  'rollback-keep': errand<KeepOrder>(true, keepNow),
  'protect-undo': errand<UndoOrder>(true, undoRun),
};
