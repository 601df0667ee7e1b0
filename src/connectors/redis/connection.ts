// From a table's options to an open door to Redis. The only place that knows which kinds of deployment there are.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ClusterPort } from './client/cluster/cluster-port.ts';
import { type Network, tcpEndpoint, unixEndpoint } from './client/endpoint.ts';
import type { CommonPortOptions, RedisPort } from './client/port.ts';
import { SentinelSource } from './client/sentinel/sentinel-source.ts';
import { fixedSource, type ServerSource } from './client/server-source.ts';
import { SingleServerPort } from './client/single-server-port.ts';
import type { TlsOptions } from './client/tls/tls-material.ts';
import type { ConnectionSettings } from './deployment.ts';

/**
 * A port that nobody has connected yet; whoever asked for it closes it.
 * @throws ConnectorError when a file of certificates cannot be used
 */
export async function openPort(settings: ConnectionSettings, context: RuntimeContext): Promise<RedisPort> {
  const { clock } = context;
  const { common } = settings;
  const warn = (message: string) => context.logger.warn(message);
  switch (settings.kind) {
    case 'embedded':
      return new SingleServerPort(await embedded(common), { clock, warn });
    case 'cluster': {
      const { seeds, readsFromReplicas } = settings;
      const network = await networkFor(settings.tls, common);
      return new ClusterPort({ ...common, seeds, readsFromReplicas }, { clock, warn, network });
    }
    default:
      return new SingleServerPort(common, { clock, warn, source: await serverSource(settings, context) });
  }
}

async function serverSource(
  settings: Extract<ConnectionSettings, { kind: 'single' | 'socket' | 'sentinel' }>,
  context: RuntimeContext,
): Promise<ServerSource> {
  const { common } = settings;
  if (settings.kind === 'socket') return fixedSource(unixEndpoint(settings.path));
  const network = await networkFor(settings.tls, common);
  if (settings.kind === 'single') return fixedSource(network(settings.host, settings.port));
  const { username, password } = settings;
  return new SentinelSource({
    master: settings.master,
    nodes: settings.nodes,
    readsFromReplicas: settings.readsFromReplicas,
    network,
    clock: context.clock,
    handshake: {
      database: 0,
      connectTimeoutMs: common.connectTimeoutMs,
      socketTimeoutMs: common.socketTimeoutMs,
      ...(common.clientName === undefined ? {} : { clientName: common.clientName }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      optionPrefix: 'sentinel.',
    },
  });
}

async function networkFor(tls: TlsOptions | null, common: CommonPortOptions): Promise<Network> {
  const { connectTimeoutMs } = common;
  if (tls === null) return (host, port) => tcpEndpoint(host, port, connectTimeoutMs);
  const [{ loadTls }, { tlsEndpoint }] = await Promise.all([
    import('./client/tls/tls-material.ts'),
    import('./client/tls/tls-endpoint.ts'),
  ]);
  const material = await loadTls(tls);
  return (host, port) => tlsEndpoint(host, port, material, connectTimeoutMs);
}

/** The Redis inside the process asks for no password: the same job runs with one in its options, and without. */
async function embedded(common: CommonPortOptions) {
  const { embeddedRedis } = await import('./embedded/embedded-redis.ts');
  const { host, port } = await embeddedRedis();
  const { username: _user, password: _password, ...rest } = common;
  return { ...rest, host, port };
}
