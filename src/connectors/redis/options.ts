// Every option of the Redis connector, in the connector page's spelling. Parsing, messages, docs and `--help` read these.
import { parseTimeRanges } from '../../connector/caches/time-ranges.ts';
import { type ConfigOption, option } from '../../options/config-option.ts';
import { MODE_NAMES } from './modes/index.ts';
import { parseKeyTemplate, printKeyTemplate } from './modes/key-template.ts';
import {
  atLeastOneMilli,
  checkClientName,
  checkHost,
  checkPort,
  hostAndPortList,
  refuseBlank,
} from './option-values.ts';

export type { HostAndPort } from './option-values.ts';

// ---- both roles -------------------------------------------------------------------------------------------------------

export const CONNECTOR = option('connector').string().from('page').describe('Must be `redis`.');

export const HOST = option('host')
  .string()
  .from('page')
  .checked(checkHost)
  .describe(
    'Name or address of the server. `embedded` runs the job against a Redis inside the process, for trying a job without a server. Required unless `hostAndPorts`, `socket.path` or `sentinel.master` is set.',
  );

export const PORT = option('port')
  .int()
  .default(6379)
  .from('page')
  .checked(checkPort)
  .describe('Port of the server.');

export const PASSWORD = option('password')
  .string()
  .default('')
  .from('page')
  .describe('Password of the server. Nothing is sent to the server for authentication when it is empty.');

export const DB_NUM = option('dbNum')
  .int()
  .default(0)
  .from('page')
  .atLeast(0)
  .describe('Number of the database on the server.');

export const CLUSTER_MODE = option('clusterMode')
  .boolean()
  .default(false)
  .from('page')
  .describe(
    'Whether the server is a Redis Cluster. One node (`host` and `port`, or `hostAndPorts`) is enough: the others are learned from it.',
  );

export const HOST_AND_PORTS = option('hostAndPorts')
  .of(hostAndPortList(','))
  .from('page')
  .describe('Seed nodes of a cluster as `host1:port1,host2:port2`. Wins over `host` and `port`.');

export const KEY_PREFIX = option('key-prefix')
  .string()
  .from('page')
  .describe('Put before the value of the primary key, in Redis only.');

export const KEY_PREFIX_DELIMITER = option('key-prefix-delimiter')
  .string()
  .from('page')
  .describe('Stands between `key-prefix` and the value of the primary key.');

export const POOL_MAX_TOTAL = option('connection.pool.max-total')
  .int()
  .default(8)
  .from('page')
  .atLeast(1)
  .describe('Largest number of connections of a table.');

export const POOL_MAX_IDLE = option('connection.pool.max-idle')
  .int()
  .default(8)
  .from('page')
  .atLeast(0)
  .describe('Largest number of connections that are kept while nothing uses them.');

export const POOL_MIN_IDLE = option('connection.pool.min-idle')
  .int()
  .default(0)
  .from('page')
  .atLeast(0)
  .describe('Number of unused connections that are kept ready.');

export const CONNECT_TIMEOUT = option('connect.timeout')
  .duration()
  .default(3000)
  .from('page')
  .checked(atLeastOneMilli)
  .describe('Longest wait for a connection, authentication included.');

export const SOCKET_TIMEOUT = option('socket.timeout')
  .duration()
  .default(3000)
  .from('page')
  .checked(atLeastOneMilli)
  .describe('Longest wait for something from the server while an answer is due.');

export const CACERT_FILEPATH = option('cacert.filepath')
  .string()
  .from('page')
  .checked(refuseBlank)
  .describe(
    "File with the certificate authority of the server (JKS, PKCS12 or PEM). Turns TLS on; the server's certificate and name are verified.",
  );

export const USERNAME = option('username')
  .string()
  .from('extension')
  .describe('User of the access control list; sent with `password`.');

export const CACERT_PASSWORD = option('cacert.password')
  .string()
  .from('extension')
  .describe('Password of the file in `cacert.filepath`.');

export const TLS_KEYSTORE_FILEPATH = option('tls.keystore.filepath')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe(
    "File with the client's own key and certificate (PKCS12 or JKS), for servers that ask for one. Turns TLS on.",
  );

export const TLS_KEYSTORE_PASSWORD = option('tls.keystore.password')
  .string()
  .from('extension')
  .describe('Password of the file in `tls.keystore.filepath`.');

export const TLS_CERT_FILEPATH = option('tls.cert.filepath')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe("File with the client's own certificate (PEM), with `tls.key.filepath`. Turns TLS on.");

export const TLS_KEY_FILEPATH = option('tls.key.filepath')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe("File with the client's own key (PEM, without a password), with `tls.cert.filepath`.");

export const TLS_SERVER_NAME = option('tls.server-name')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe(
    "Name that the server's certificate must carry, where it is not the address that is connected to. Turns TLS on.",
  );

export const TLS_VERIFY = option('tls.verify')
  .boolean()
  .default(true)
  .from('extension')
  .describe(
    "Whether the server's certificate and name are verified. Given, it turns TLS on; without `cacert.filepath` the public authorities are trusted.",
  );

export const SENTINEL_MASTER = option('sentinel.master')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe(
    'Name of the master that the sentinels watch. The server of that name is found through `sentinel.nodes`, also after a failover.',
  );

export const SENTINEL_NODES = option('sentinel.nodes')
  .of(hostAndPortList(';'))
  .from('extension')
  .describe(
    'The sentinels as `host1:port1;host2:port2`. One that answers is enough. They use TLS if the servers do.',
  );

export const SENTINEL_USERNAME = option('sentinel.username')
  .string()
  .from('extension')
  .describe('User for the sentinels.');

export const SENTINEL_PASSWORD = option('sentinel.password')
  .string()
  .from('extension')
  .describe('Password for the sentinels.');

export const SOCKET_PATH = option('socket.path')
  .string()
  .from('extension')
  .checked(refuseBlank)
  .describe('Unix socket of a server on the same machine, instead of `host` and `port`.');

export const CLIENT_NAME = option('client-name')
  .string()
  .from('extension')
  .checked(checkClientName)
  .describe('Name of the connections in `CLIENT LIST` of the server.');

export const MODE = option('mode')
  .enum(MODE_NAMES)
  .from('page')
  .describe(
    'Redis structure of the table. Required for sinks. A dimension table reads STRING (default) or HASHMAP.',
  );

export const KEY_TEMPLATE = option('key-template')
  .of({ label: 'String', parse: parseKeyTemplate, print: printKeyTemplate })
  .from('extension')
  .describe(
    'Makes the Redis key of several columns: `user:{id}:{region}`. These columns (STRING or whole numbers) are the primary key. A brace of the key itself is written twice, so `{{{id}}}:orders` keeps the keys of an id in one slot of a cluster. `key-prefix` goes before it. For keys that other applications have laid out.',
  );

export const VALUE_FORMAT = option('value.format')
  .string()
  .from('extension')
  .describe(
    'Format (`json`, `csv`, `raw`) that makes one value of all columns that are not the key (nor field or score), which then may have any type; dimension tables read such values back. Its options begin with its name: `value.json.ignore-parse-errors`. For values that applications read as documents.',
  );

// ---- sink -------------------------------------------------------------------------------------------------------------

export const FLATTEN_HASH = option('flattenHash')
  .boolean()
  .default(false)
  .from('page')
  .role('sink')
  .describe(
    'With mode HASHMAP: each column but the key is a field of the hash, named like the column. Otherwise the columns are key, field and value.',
  );

export const IGNORE_DELETE = option('ignoreDelete')
  .boolean()
  .default(false)
  .from('page')
  .role('sink')
  .describe('Whether deletions are dropped. Otherwise they delete what the row stands for in Redis.');

export const EXPIRATION = option('expiration')
  .long()
  .default(0)
  .from('page')
  .role('sink')
  .atLeast(0)
  .describe('Time to live of a written key in milliseconds, renewed at each write. 0: none is set.');

export const BUFFER_MAX_ROWS = option('sink.buffer-flush.max-rows')
  .int()
  .default(200)
  .from('page')
  .role('sink')
  .atLeast(0)
  .describe('Number of buffered changes at which they are sent. 0: nothing is buffered.');

export const BUFFER_INTERVAL = option('sink.buffer-flush.interval')
  .duration()
  .default(1000)
  .from('page')
  .role('sink')
  .describe('Time since the first buffered change at which the buffer is sent. 0: no timer.');

export const NULL_VALUE = option('sink.null-value')
  .enum(['fail', 'skip', 'delete'])
  .default('fail')
  .from('extension')
  .role('sink')
  .describe(
    'What a NULL in a column other than the key does (not with flattenHash, where it removes the field): `fail` the job, `skip` the row, or treat the row as a `delete`.',
  );

export const EXPIRATION_POLICY = option('expiration.policy')
  .enum(['every-write', 'first-write'])
  .default('every-write')
  .from('extension')
  .role('sink')
  .describe('Whether each write renews `expiration`, or only a key without one gets it (needs Redis 7).');

export const DELETE_SCOPE = option('sink.delete.scope')
  .enum(['primary-key', 'key', 'element'])
  .default('primary-key')
  .from('extension')
  .role('sink')
  .describe(
    'What a deletion removes: the whole Redis `key`, one `element` (field or member) of it, or what the declared `primary-key` says.',
  );

export const EXPIRATION_COLUMN = option('expiration.column')
  .string()
  .from('extension')
  .role('sink')
  .checked(refuseBlank)
  .describe(
    "Column (a whole number) with each row's own time to live in milliseconds; it is not written. NULL: as `expiration` says, 0: none is set. A metadata column `ttl` BIGINT METADATA does the same without the option. For tables whose rows live for different times.",
  );

export const DURABILITY_REPLICAS = option('sink.durability.replicas')
  .int()
  .default(0)
  .from('extension')
  .role('sink')
  .atLeast(0)
  .describe(
    'Replicas that must have received all rows before a checkpoint counts (WAIT, on every master); else, and when a master was replaced since, the job fails and starts again from the checkpoint before. 0: none. For jobs whose rows must survive the loss of a master.',
  );

export const DURABILITY_TIMEOUT = option('sink.durability.timeout')
  .duration()
  .default(1000)
  .from('extension')
  .role('sink')
  .checked(atLeastOneMilli)
  .describe('Longest wait for the replicas of `sink.durability.replicas`; less than `socket.timeout`.');

export const LIST_DIRECTION = option('sink.list.direction')
  .enum(['left', 'right'])
  .default('left')
  .from('extension')
  .role('sink')
  .describe(
    'End of a LIST that is written to: `left` is LPUSH, `right` is RPUSH. For readers that want the elements in the order of their writing.',
  );

export const LIST_MAX_LENGTH = option('sink.list.max-length')
  .long()
  .from('extension')
  .role('sink')
  .atLeast(1)
  .describe(
    'Elements that a LIST keeps: the newest ones (LTRIM behind each write, in the same pipeline). For lists of the last n things.',
  );

export const PARALLEL_CONNECTIONS = option('sink.parallel-connections')
  .int()
  .default(1)
  .from('extension')
  .role('sink')
  .atLeast(1)
  .describe(
    'Connections that a sink writes over, each with a buffer of its own. Keys are spread over them by hash, so that the changes of a key stay in order. For servers that are far away or behind TLS.',
  );

// ---- dimension table --------------------------------------------------------------------------------------------------

export const HASH_NAME = option('hashName')
  .string()
  .from('page')
  .role('lookup')
  .describe('Key of one hash to read: the primary key is the field, the other column its value.');

export const CACHE = option('cache')
  .enum(['None', 'LRU', 'ALL'])
  .default('None')
  .from('page')
  .role('lookup')
  .describe('What is kept in memory: nothing, the keys used last, or the whole table.');

export const CACHE_SIZE = option('cacheSize')
  .long()
  .default(10000)
  .from('page')
  .role('lookup')
  .atLeast(0)
  .describe('Largest number of keys in an LRU cache.');

export const CACHE_TTL_MS = option('cacheTTLMs')
  .long()
  .from('page')
  .role('lookup')
  .atLeast(0)
  .describe(
    'Milliseconds. LRU: how long an entry is used, counted from its loading (default: no limit). ALL: time from one load to the next (default: loaded once). 0 is the default.',
  );

export const CACHE_EMPTY = option('cacheEmpty')
  .boolean()
  .default(true)
  .from('page')
  .role('lookup')
  .describe('Whether an LRU cache remembers keys that have no match.');

export const CACHE_RELOAD_TIME_BLACK_LIST = option('cacheReloadTimeBlackList')
  .of({ label: 'String', parse: parseTimeRanges, print: (ranges) => ranges.map((r) => r.text).join(', ') })
  .from('page')
  .role('lookup')
  .describe(
    'Periods in which a cache of the whole table is not loaded again: `2017-10-24 14:00 -> 2017-10-24 15:00`, or `22:00 -> 2:00` for every day; several separated by commas.',
  );

export const LOOKUP_READ_FROM = option('lookup.read-from')
  .enum(['master', 'replica'])
  .default('master')
  .from('extension')
  .role('lookup')
  .describe(
    'Which servers of a cluster or under sentinels are asked. Replicas share the load, and may be a little behind; where none answers the master does.',
  );

export const ASYNC = option('async')
  .boolean()
  .default(false)
  .from('page')
  .role('lookup')
  .describe('Whether rows may overtake each other while they wait for the dimension table.');

export const CACHE_INVALIDATION = option('cache.invalidation')
  .enum(['none', 'tracking'])
  .default('none')
  .from('extension')
  .role('lookup')
  .describe(
    'With `tracking`, Redis (6 or later) reports every changed key of the table (CLIENT TRACKING in broadcast mode, narrowed by `key-prefix` or the beginning of `key-template`). An LRU cache forgets it at once, and keeps nothing while the reports are interrupted; a cache of the whole table reads it again between two loads. For dimension tables that change while the job runs.',
  );

/** All of them, in the order of the docs. */
export const REDIS_OPTIONS: readonly ConfigOption<unknown>[] = [
  CONNECTOR,
  HOST,
  PORT,
  PASSWORD,
  DB_NUM,
  CLUSTER_MODE,
  HOST_AND_PORTS,
  KEY_PREFIX,
  KEY_PREFIX_DELIMITER,
  POOL_MAX_TOTAL,
  POOL_MAX_IDLE,
  POOL_MIN_IDLE,
  CONNECT_TIMEOUT,
  SOCKET_TIMEOUT,
  CACERT_FILEPATH,
  MODE,
  FLATTEN_HASH,
  IGNORE_DELETE,
  EXPIRATION,
  BUFFER_MAX_ROWS,
  BUFFER_INTERVAL,
  HASH_NAME,
  CACHE,
  CACHE_SIZE,
  CACHE_TTL_MS,
  CACHE_EMPTY,
  CACHE_RELOAD_TIME_BLACK_LIST,
  ASYNC,
  USERNAME,
  CACERT_PASSWORD,
  TLS_KEYSTORE_FILEPATH,
  TLS_KEYSTORE_PASSWORD,
  TLS_CERT_FILEPATH,
  TLS_KEY_FILEPATH,
  TLS_SERVER_NAME,
  TLS_VERIFY,
  SENTINEL_MASTER,
  SENTINEL_NODES,
  SENTINEL_USERNAME,
  SENTINEL_PASSWORD,
  SOCKET_PATH,
  CLIENT_NAME,
  LOOKUP_READ_FROM,
  KEY_TEMPLATE,
  VALUE_FORMAT,
  NULL_VALUE,
  EXPIRATION_POLICY,
  EXPIRATION_COLUMN,
  DELETE_SCOPE,
  LIST_DIRECTION,
  LIST_MAX_LENGTH,
  PARALLEL_CONNECTIONS,
  DURABILITY_REPLICAS,
  DURABILITY_TIMEOUT,
  CACHE_INVALIDATION,
];
