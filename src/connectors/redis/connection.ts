// From a table's options to an open door to Redis. The only place that knows which kinds of deployment there are.
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { RedisPort } from './client/port.ts';
import { SingleServerPort } from './client/single-server-port.ts';
import type { ConnectionSettings } from './settings.ts';

/** A port that nobody has connected yet; whoever asked for it closes it. */
export async function openPort(settings: ConnectionSettings, context: RuntimeContext): Promise<RedisPort> {
  const surroundings = { clock: context.clock, warn: (message: string) => context.logger.warn(message) };
  if (settings.kind === 'embedded') throw new ConnectorError('The embedded Redis is not built in.');
  return new SingleServerPort(settings.port, surroundings);
}
