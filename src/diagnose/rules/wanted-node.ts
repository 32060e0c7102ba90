import { clue, sureBy, supportOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import { defineRule } from '../rule.ts';
import { told } from '../signature.ts';

/** Errors that another version of Node explains. */
const SAID =
  /is not a function|ERR_UNKNOWN_BUILTIN|No such built-in module|SyntaxError|Unexpected token|ERR_UNKNOWN_FILE_EXTENSION|ERR_REQUIRE_ESM|bad option|is not defined|NODE_MODULE_VERSION|Unsupported engine|ERR_UNSUPPORTED|requires Node|ERR_REQUIRE_ASYNC/;

const judge = (reading: Reading, facts: Facts): readonly Finding[] => {
  const node = valueOf(facts.app?.node);
  const unmet = node?.wanted.filter(({ isMet }) => isMet === false) ?? [];
  const [first] = unmet;
  if (node?.runsOn === undefined || first === undefined) return [];
  if (first.isTooOld !== true) return [];
  const support = supportOf(reading, SAID);
  return [
    {
      cause: 'node-too-old',
      params: { node: told(node.runsOn), needs: told(first.range) },
      confidence: sureBy(facts, support, { named: 0.78, silent: 0.4, other: 0.15 }),
      evidence: unmet.map(({ from, range }) =>
        clue('file', 'node-wanted', { from: told(from), range: told(range), node: told(node.runsOn ?? '') }),
      ),
    },
  ];
};

/** The Node that is wanted against the one that runs. */
export const wantedNode = defineRule({
  name: 'wanted-node',
  causes: ['node-too-old'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
