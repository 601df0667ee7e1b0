// Options that are read and checked like all others, but whose feature is still to come. The one place to shorten then.
import type { ConfigOption } from '../../options/config-option.ts';
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import * as o from './options.ts';

const TLS: readonly ConfigOption<unknown>[] = [
  o.CACERT_FILEPATH,
  o.CACERT_PASSWORD,
  o.TLS_KEYSTORE_FILEPATH,
  o.TLS_KEYSTORE_PASSWORD,
  o.TLS_CERT_FILEPATH,
  o.TLS_KEY_FILEPATH,
  o.TLS_SERVER_NAME,
  o.TLS_VERIFY,
];

const SENTINEL: readonly ConfigOption<unknown>[] = [
  o.SENTINEL_MASTER,
  o.SENTINEL_NODES,
  o.SENTINEL_USERNAME,
  o.SENTINEL_PASSWORD,
];

/** @throws ValidationError that names the option and what to do without it */
export function refuseUnfinished(values: OptionValues): void {
  if (values.get(o.CLUSTER_MODE)) {
    refuse("'clusterMode' = 'true'", 'Redis Cluster', "a single server by 'host' and 'port'");
  }
  if (values.has(o.HOST_AND_PORTS)) {
    refuse("'hostAndPorts'", 'a list of seed nodes', "a single server by 'host' and 'port'");
  }
  for (const option of TLS) {
    if (values.has(option)) refuse(`'${option.key}'`, 'TLS', 'a connection without TLS');
  }
  for (const option of SENTINEL) {
    if (values.has(option)) refuse(`'${option.key}'`, 'Redis Sentinel', "the master's own 'host' and 'port'");
  }
  if (values.get(o.CACHE) === 'ALL') {
    refuse("'cache' = 'ALL'", 'a cache of the whole table', "'cache' = 'LRU' or 'None'");
  }
}

function refuse(given: string, feature: string, instead: string): never {
  throw new ValidationError(
    `Option ${given} asks for ${feature}, which this version of Drey does not have yet.`,
    { hint: `Use ${instead}.` },
  );
}
