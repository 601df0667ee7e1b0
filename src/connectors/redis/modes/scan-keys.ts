// Reading a whole table whose rows are Redis keys: SCAN on every master, the values by the commands of the lookup.
import type { CommandBatch } from '../client/command-batch.ts';
import type { Reply } from '../client/port.ts';
import type { LookupKey } from './lookup-key.ts';
import type { BoundScan, ScanStep } from './mode.ts';

/** @param type what TYPE says of the keys */
export function scanKeys(key: LookupKey, type: 'string' | 'hash'): BoundScan {
  return {
    kind: 'keys',
    prefix: key.tracked,
    encodeStep(cursor: string, count: number, typed: boolean, out: CommandBatch): void {
      out.add([
        'SCAN',
        cursor,
        ...(key.pattern === null ? [] : ['MATCH', key.pattern]),
        'COUNT',
        count,
        ...(typed ? ['TYPE', type] : []),
      ]);
    },
    readStep(reply: Reply): ScanStep {
      const [cursor, keys] = reply as readonly [string, readonly string[]];
      const ids = new Set<string>();
      for (const redisKey of keys) {
        const id = key.idOfKey(redisKey);
        if (id !== null) ids.add(id);
      }
      return { cursor, ids: [...ids], found: null };
    },
    idOfKey: (redisKey) => key.idOfKey(redisKey),
  };
}
