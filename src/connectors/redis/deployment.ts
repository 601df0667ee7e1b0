// Which kind of Redis deployment a table's options name, and how to reach it.
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import type { CommonPortOptions } from './client/port.ts';
import type { TlsOptions } from './client/tls/tls-material.ts';
import * as o from './options.ts';

/** A batch that gets no answer is tried again for this long, then the job fails (and its restart strategy takes over). */
export const RETRY_TIMEOUT_MS = 60_000;

interface Reached {
  readonly common: CommonPortOptions;
  /** Null: no TLS. */
  readonly tls: TlsOptions | null;
}

export type ConnectionSettings =
  /** `'host' = 'embedded'`: the Redis inside the process. */
  | { readonly kind: 'embedded'; readonly common: CommonPortOptions }
  | ({ readonly kind: 'single' } & o.HostAndPort & Reached)
  | { readonly kind: 'socket'; readonly path: string; readonly common: CommonPortOptions }
  | ({
      readonly kind: 'cluster';
      readonly seeds: readonly o.HostAndPort[];
      readonly readsFromReplicas: boolean;
    } & Reached)
  | ({
      readonly kind: 'sentinel';
      readonly master: string;
      readonly nodes: readonly o.HostAndPort[];
      /** For the sentinels. */
      readonly username: string | undefined;
      readonly password: string | undefined;
      readonly readsFromReplicas: boolean;
    } & Reached);

/** Options that stand in for `host`. */
export const HOST_SUBSTITUTES = [
  o.HOST_AND_PORTS,
  o.SOCKET_PATH,
  o.SENTINEL_MASTER,
  o.SENTINEL_NODES,
] as const;

/**
 * @param role a sink never uses replicas
 * @throws ValidationError about options that do not go together
 */
export function connectionSettings(values: OptionValues, role: 'sink' | 'lookup'): ConnectionSettings {
  const kind = deploymentKind(values);
  const common = commonOptions(values);
  const readsFromReplicas = role === 'lookup' && values.get(o.LOOKUP_READ_FROM) === 'replica';
  const tls = tlsOptions(values);
  if (readsFromReplicas && kind !== 'cluster' && kind !== 'sentinel') {
    throw new ValidationError(
      `Option '${o.LOOKUP_READ_FROM.key}' = 'replica' needs '${o.CLUSTER_MODE.key}' = 'true' or '${o.SENTINEL_MASTER.key}': replicas are found through them.`,
      { hint: "To read from one certain replica, give its 'host' and 'port'." },
    );
  }
  if (tls !== null && (kind === 'embedded' || kind === 'socket')) {
    throw excludes(
      tlsTurnedOnBy(values),
      kind === 'embedded' ? "'host' = 'embedded'" : `'${o.SOCKET_PATH.key}'`,
    );
  }
  switch (kind) {
    case 'embedded':
      return { kind, common };
    case 'socket':
      return { kind, path: values.get(o.SOCKET_PATH), common };
    case 'sentinel':
      return { kind, ...sentinels(values), readsFromReplicas, common, tls };
    case 'cluster':
      return { kind, seeds: clusterSeeds(values), readsFromReplicas, common, tls };
    case 'single':
      return { kind, ...singleServer(values), common, tls };
  }
}

/** Options that have no effect beside others, and what is less safe than it should be. */
export function connectionWarnings(values: OptionValues): string[] {
  const warnings: string[] = [];
  const without = (option: { readonly key: string }, where: string) =>
    warnings.push(`Option '${option.key}' has no effect ${where}.`);
  const kind = deploymentKind(values);
  if (kind === 'socket' || kind === 'sentinel') {
    const instead = kind === 'socket' ? o.SOCKET_PATH : o.SENTINEL_MASTER;
    for (const option of [o.HOST, o.PORT, o.HOST_AND_PORTS])
      if (values.has(option)) without(option, `with '${instead.key}'`);
  }
  if (kind !== 'sentinel') {
    for (const option of [o.SENTINEL_USERNAME, o.SENTINEL_PASSWORD])
      if (values.has(option)) without(option, `without '${o.SENTINEL_MASTER.key}'`);
  }
  if (values.has(o.USERNAME) && values.get(o.PASSWORD) === '') without(o.USERNAME, "without 'password'");
  if (values.has(o.SENTINEL_USERNAME) && !values.has(o.SENTINEL_PASSWORD))
    without(o.SENTINEL_USERNAME, `without '${o.SENTINEL_PASSWORD.key}'`);
  if (values.has(o.CACERT_PASSWORD) && !values.has(o.CACERT_FILEPATH))
    without(o.CACERT_PASSWORD, `without '${o.CACERT_FILEPATH.key}'`);
  if (values.has(o.TLS_KEYSTORE_PASSWORD) && !values.has(o.TLS_KEYSTORE_FILEPATH))
    without(o.TLS_KEYSTORE_PASSWORD, `without '${o.TLS_KEYSTORE_FILEPATH.key}'`);
  if (!values.get(o.TLS_VERIFY)) {
    warnings.push(
      `The server's certificate is not verified ('${o.TLS_VERIFY.key}' = 'false'): whoever stands in between can read and change everything.`,
    );
  }
  return warnings;
}

function deploymentKind(values: OptionValues): ConnectionSettings['kind'] {
  const named: [ConnectionSettings['kind'], string][] = [];
  if (isEmbedded(values)) named.push(['embedded', "'host' = 'embedded'"]);
  if (values.get(o.CLUSTER_MODE)) named.push(['cluster', `'${o.CLUSTER_MODE.key}' = 'true'`]);
  const sentinel = [o.SENTINEL_MASTER, o.SENTINEL_NODES].find((option) => values.has(option));
  if (sentinel !== undefined) named.push(['sentinel', `'${sentinel.key}'`]);
  if (values.has(o.SOCKET_PATH)) named.push(['socket', `'${o.SOCKET_PATH.key}'`]);
  const [first, second] = named;
  if (first !== undefined && second !== undefined) throw excludes(first[1], second[1]);
  return first?.[0] ?? 'single';
}

function isEmbedded(values: OptionValues): boolean {
  if (values.has(o.HOST_AND_PORTS)) return false;
  return values.has(o.HOST) && values.get(o.HOST).trim().toLowerCase() === 'embedded';
}

function excludes(one: string, other: string): ValidationError {
  return new ValidationError(
    `Options ${one} and ${other} exclude each other: each says in its own way how Redis is reached.`,
  );
}

function commonOptions(values: OptionValues): CommonPortOptions {
  const username = values.find(o.USERNAME);
  const password = values.get(o.PASSWORD);
  const clientName = values.find(o.CLIENT_NAME);
  const maxIdle = values.get(o.POOL_MAX_IDLE);
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(clientName === undefined ? {} : { clientName }),
    database: values.get(o.DB_NUM),
    connectTimeoutMs: values.get(o.CONNECT_TIMEOUT),
    socketTimeoutMs: values.get(o.SOCKET_TIMEOUT),
    pool: {
      maxTotal: values.get(o.POOL_MAX_TOTAL),
      maxIdle,
      minIdle: Math.min(values.get(o.POOL_MIN_IDLE), maxIdle),
    },
    retryTimeoutMs: RETRY_TIMEOUT_MS,
  };
}

function clusterSeeds(values: OptionValues): readonly o.HostAndPort[] {
  const database = values.get(o.DB_NUM);
  if (database !== 0) {
    throw new ValidationError(
      `A Redis Cluster has database 0 only, but option '${o.DB_NUM.key}' is ${database} with '${o.CLUSTER_MODE.key}' = 'true'.`,
      { hint: `Leave '${o.DB_NUM.key}' out, and tell tables apart by '${o.KEY_PREFIX.key}'.` },
    );
  }
  return values.find(o.HOST_AND_PORTS) ?? [{ host: values.get(o.HOST).trim(), port: values.get(o.PORT) }];
}

function singleServer(values: OptionValues): o.HostAndPort {
  const nodes = values.find(o.HOST_AND_PORTS);
  if (nodes === undefined) return { host: values.get(o.HOST).trim(), port: values.get(o.PORT) };
  if (nodes.length > 1) {
    throw new ValidationError(
      `Option '${o.HOST_AND_PORTS.key}' names ${nodes.length} nodes, but '${o.CLUSTER_MODE.key}' is false: one server has one address.`,
      { hint: `If they are nodes of a Redis Cluster, set '${o.CLUSTER_MODE.key}' = 'true'.` },
    );
  }
  return nodes[0]!;
}

function sentinels(values: OptionValues) {
  for (const [one, other] of [
    [o.SENTINEL_MASTER, o.SENTINEL_NODES],
    [o.SENTINEL_NODES, o.SENTINEL_MASTER],
  ] as const) {
    if (!values.has(other)) {
      throw new ValidationError(
        `Option '${one.key}' needs '${other.key}': a master is found by its name and the sentinels that watch it.`,
      );
    }
  }
  return {
    master: values.get(o.SENTINEL_MASTER),
    nodes: values.get(o.SENTINEL_NODES),
    username: values.find(o.SENTINEL_USERNAME),
    password: values.find(o.SENTINEL_PASSWORD) || undefined,
  };
}

/** Any of these turns TLS on: nothing is sent in clear once TLS is spoken of. */
const TLS_SWITCHES = [
  o.CACERT_FILEPATH,
  o.TLS_KEYSTORE_FILEPATH,
  o.TLS_CERT_FILEPATH,
  o.TLS_KEY_FILEPATH,
  o.TLS_SERVER_NAME,
  o.TLS_VERIFY,
] as const;

function tlsTurnedOnBy(values: OptionValues): string {
  return `'${TLS_SWITCHES.find((option) => values.has(option))!.key}'`;
}

function tlsOptions(values: OptionValues): TlsOptions | null {
  if (!TLS_SWITCHES.some((option) => values.has(option))) return null;
  const caFile = values.find(o.CACERT_FILEPATH);
  const keyStoreFile = values.find(o.TLS_KEYSTORE_FILEPATH);
  const certFile = values.find(o.TLS_CERT_FILEPATH);
  const keyFile = values.find(o.TLS_KEY_FILEPATH);
  const serverName = values.find(o.TLS_SERVER_NAME);
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new ValidationError(
      `Options '${o.TLS_CERT_FILEPATH.key}' and '${o.TLS_KEY_FILEPATH.key}' need each other: a certificate is of use with its key only.`,
    );
  }
  if (keyStoreFile !== undefined && certFile !== undefined) {
    throw new ValidationError(
      `Options '${o.TLS_KEYSTORE_FILEPATH.key}' and '${o.TLS_CERT_FILEPATH.key}' exclude each other: both name the client's own certificate.`,
    );
  }
  return {
    ...(caFile === undefined ? {} : { caFile }),
    caPassword: values.find(o.CACERT_PASSWORD) ?? '',
    ...(keyStoreFile === undefined ? {} : { keyStoreFile }),
    keyStorePassword: values.find(o.TLS_KEYSTORE_PASSWORD) ?? '',
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(serverName === undefined ? {} : { serverName }),
    verify: values.get(o.TLS_VERIFY),
  };
}
