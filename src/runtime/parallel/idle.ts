// A node's part in a thread where it has none: state keeps its place, nothing is connected, and no rows come.
import type { SourceReader } from '../../connector/source.ts';
import type { Operator } from '../operator.ts';

export const IDLE_OPERATOR: Operator = {
  process() {
    throw new Error('Rows have come to a subtask that has no part in their node.');
  },
};

export const IDLE_READER: SourceReader = {
  async open() {},
  poll: () => null,
  wakeUp() {},
  position: () => ({}),
  async commit() {},
  progress: () => ({}),
  async close() {},
};
