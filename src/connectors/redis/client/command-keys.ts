// What a command touches: its keys, and whether it changes anything. Decides what may be sent again alone, and what may go
// to any connection.

const READS = new Set(
  (
    'GET MGET STRLEN GETRANGE EXISTS TYPE TTL PTTL EXPIRETIME PEXPIRETIME HGET HMGET HGETALL HLEN HEXISTS HKEYS HVALS HSTRLEN ' +
    'LRANGE LLEN LINDEX SMEMBERS SISMEMBER SMISMEMBER SCARD ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZSCORE ZMSCORE ' +
    'ZCARD ZCOUNT ZRANK SCAN HSCAN SSCAN ZSCAN DBSIZE RANDOMKEY KEYS PING ECHO TIME INFO'
  ).split(' '),
);

const NO_KEY = new Set(
  'PING ECHO TIME INFO SCAN DBSIZE RANDOMKEY KEYS CLIENT CONFIG COMMAND MULTI EXEC DISCARD ASKING READONLY READWRITE WAIT'.split(
    ' ',
  ),
);
const ALL_ARGUMENTS = new Set(
  'DEL UNLINK EXISTS MGET TOUCH WATCH RENAME RENAMENX SUNION SINTER SDIFF'.split(' '),
);
const EVERY_SECOND = new Set(['MSET', 'MSETNX']);
const ONE_KEY = new Set(
  (
    'SET SETNX SETEX PSETEX GETSET GETDEL GETEX APPEND SETRANGE INCR INCRBY INCRBYFLOAT DECR DECRBY EXPIRE PEXPIRE EXPIREAT ' +
    'PEXPIREAT PERSIST HSET HMSET HDEL HSETNX HINCRBY HINCRBYFLOAT LPUSH RPUSH LPUSHX RPUSHX LREM LTRIM LPOP RPOP LSET LINSERT ' +
    'SADD SREM SPOP ZADD ZREM ZINCRBY ZREMRANGEBYSCORE ZREMRANGEBYRANK ZPOPMIN ZPOPMAX GET STRLEN GETRANGE TYPE TTL PTTL ' +
    'EXPIRETIME PEXPIRETIME HGET HMGET HGETALL HLEN HEXISTS HKEYS HVALS HSTRLEN LRANGE LLEN LINDEX SMEMBERS SISMEMBER SMISMEMBER ' +
    'SCARD ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZSCORE ZMSCORE ZCARD ZCOUNT ZRANK HSCAN SSCAN ZSCAN'
  ).split(' '),
);

/** True for commands that change nothing, so that sending them twice or elsewhere does no harm. Upper or lower case. */
export function isReadCommand(name: string): boolean {
  return READS.has(name) || READS.has(name.toUpperCase());
}

/** True when a batch changes nothing. */
export function onlyReads(names: ReadonlySet<string>): boolean {
  for (const name of names) if (!isReadCommand(name)) return false;
  return true;
}

/** The keys of a command (its name first); null when they are not known, which means: it may touch every key. */
export function keysOfCommand(words: readonly string[]): readonly string[] | null {
  const name = (words[0] ?? '').toUpperCase();
  if (ONE_KEY.has(name)) return words.slice(1, 2);
  if (ALL_ARGUMENTS.has(name)) return words.slice(1);
  if (EVERY_SECOND.has(name)) return words.filter((_word, i) => i % 2 === 1);
  return NO_KEY.has(name) ? [] : null;
}

/** True for commands that touch no key. Upper or lower case. */
export function hasNoKey(name: string): boolean {
  return NO_KEY.has(name) || NO_KEY.has(name.toUpperCase());
}
