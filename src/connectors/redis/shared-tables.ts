// One full table for all joins of the process that read the same table with the same options.
import type { Clock } from '../../types/clock.ts';
import type { FullTable } from './full-table.ts';

interface Shared {
  readonly table: FullTable;
  readonly opened: Promise<void>;
  users: number;
}

/** The right to use a table, until it is released. */
export interface TableLease {
  readonly table: FullTable;
  /** Settles with the first load. Rejected: release it all the same. */
  readonly opened: Promise<void>;
  /** The last one to leave closes the table. */
  release(): Promise<void>;
}

/** A clock a process; tests have their own, and so tables of their own. */
const tables = new WeakMap<Clock, Map<string, Shared>>();

/**
 * @param key equal for tables that hold the same
 * @param make called by the first user
 */
export function leaseTable(clock: Clock, key: string, make: () => FullTable): TableLease {
  let ofClock = tables.get(clock);
  if (ofClock === undefined) {
    ofClock = new Map();
    tables.set(clock, ofClock);
  }
  const all = ofClock;
  const shared = all.get(key) ?? start(all, key, make());
  shared.users++;
  let released = false;
  return {
    table: shared.table,
    opened: shared.opened,
    async release() {
      if (released) return;
      released = true;
      if (--shared.users > 0) return;
      if (all.get(key) === shared) all.delete(key);
      await shared.table.close();
    },
  };
}

function start(all: Map<string, Shared>, key: string, table: FullTable): Shared {
  const shared: Shared = { table, opened: table.open(), users: 0 };
  all.set(key, shared);
  shared.opened.catch(() => {
    // Each user hears of it; whoever comes later starts anew.
    if (all.get(key) === shared) all.delete(key);
  });
  return shared;
}
