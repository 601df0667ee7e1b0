// drey redis: an embedded Redis server for developing and testing jobs.
import { startEmbeddedRedis } from '../../connectors/redis/embedded/embedded-redis.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { CommandStreams } from '../command-streams.ts';
import { EXIT } from '../exit-status.ts';
import { onSignals } from '../signals.ts';

/** Runs until a signal comes. */
export async function redisCommand(
  options: { readonly port: number; readonly password?: string },
  streams: CommandStreams,
): Promise<number> {
  try {
    const redis = await startEmbeddedRedis(options);
    streams.stdout.write(
      `Embedded Redis on ${redis.host}:${redis.port}; it keeps nothing. Stop it with Ctrl-C.\n`,
    );
    await new Promise<void>((resolve) => onSignals(() => resolve()));
    await redis.close();
    return EXIT.DONE;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    streams.stderr.write(`[ERROR] ${error.message}\n`);
    return EXIT.FAILED;
  }
}
