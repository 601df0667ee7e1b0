// Where the hosts differ, and why: the whole list.
import type { FlinkVersion } from '../../../scripts/flink/cluster.mjs';

export interface Difference {
  readonly reason: string;
  /** What Drey says; null: the job runs. */
  readonly drey: string | null;
  /** What Flink says; null: the job runs. */
  readonly flink: string | null;
  /** Where only some versions differ. */
  readonly versions?: readonly FlinkVersion[];
}

export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'an option given twice': {
    reason: 'Flink takes the last value without a word; Drey refuses what can only be a slip.',
    drey: "Option 'key-prefix' is given twice",
    flink: null,
  },
  'a misspelt SELECT': {
    reason: "Flink's parser reads the unknown word as an expression; Drey names it and what it expected.",
    drey: 'SQL parse failed. Encountered "SELEC" at line 1, column 18.',
    flink: 'SQL parse failed. Non-query expression encountered in illegal context',
  },
  'a dimension table in plain FROM': {
    reason:
      'The sentence is the same; Drey lists the table’s options before it, Flink asks too late for that.',
    drey: 'can only be used as a lookup table or a sink',
    flink: 'can only be used as a lookup table or a sink',
  },
  'types that do not fit the table': {
    reason: 'Flink 2.3 counts the columns in this sentence from one, the others and Drey from zero.',
    drey: "Incompatible types for sink column 'v' at position 1.",
    flink: "Incompatible types for sink column 'v' at position 2.",
    versions: ['2.3'],
  },
  'a message that is no JSON': {
    reason:
      'The sentences of the format are the same; each host’s Kafka source describes the record in its own way.',
    drey: "Failed to deserialize JSON 'nonsense'.",
    flink: "Failed to deserialize JSON 'nonsense'.",
  },
};
