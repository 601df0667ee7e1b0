// State that is kept by key goes on in the subtask of its key, however many there were when it was written.
import type { Operator } from '../operator.ts';
import { ownerOf } from './key-owner.ts';

/** The operator, but of state that is restored it takes only what its subtask owns. */
export function ownStateOnly(operator: Operator, index: number, parallelism: number): Operator {
  const { stateKey, restore } = operator;
  if (parallelism === 1 || stateKey === undefined || restore === undefined) return operator;
  return {
    ...operator,
    restore: (entries) => restore(entries.filter((entry) => ownerOf(stateKey(entry), parallelism) === index)),
  };
}
