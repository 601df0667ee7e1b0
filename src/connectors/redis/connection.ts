// From a table's options to an open door to Redis. The only place that knows which kinds of deployment there are.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { PortOptions, RedisPort } from './client/port.ts';
import { SingleServerPort } from './client/single-server-port.ts';
import type { ConnectionSettings } from './settings.ts';

/** A port that nobody has connected yet; whoever asked for it closes it. */
export async function openPort(settings: ConnectionSettings, context: RuntimeContext): Promise<RedisPort> {
  const options = settings.kind === 'embedded' ? await embedded(settings.port) : settings.port;
  return new SingleServerPort(options, {
    clock: context.clock,
    warn: (message) => context.logger.warn(message),
  });
}

/** The Redis inside the process asks for no password: the same job runs with one in its options, and without. */
async function embedded(common: Omit<PortOptions, 'host' | 'port'>): Promise<PortOptions> {
  const { embeddedRedis } = await import('./embedded/embedded-redis.ts');
  const { host, port } = await embeddedRedis();
  const { username: _user, password: _password, ...rest } = common;
  return { ...rest, host, port };
}
