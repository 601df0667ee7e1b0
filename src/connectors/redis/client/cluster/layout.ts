// Whether keys moved between the masters of a cluster while somebody read them all: what each master says of itself in
// CLUSTER NODES, before and after.
import { type Layout, RedisReplyError, type Reply } from '../port.ts';

const SLOTS_FROM = 8;
const EPOCH = 6;

/** @param replies to CLUSTER NODES, one of each master. Who does not tell (not permitted) is taken to be as before. */
export function layoutOf(replies: readonly Reply[]): Layout {
  const own = replies.map((reply) => {
    const text = reply instanceof RedisReplyError ? '' : String(reply);
    return text.split('\n').find((line) => line.split(' ')[2]?.includes('myself')) ?? '';
  });
  const parts = own.map((line) => {
    const words = line.split(' ');
    // A slot that goes to another owner raises that one's epoch, so that away and back is a change, too.
    return [words[0], words[EPOCH], ...words.slice(SLOTS_FROM)].join(' ');
  });
  // `[slot->-node]` and `[slot-<-node]` are slots on their way.
  return { version: parts.sort().join('\n'), moving: own.some((line) => line.includes('[')) };
}
