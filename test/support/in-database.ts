import { type RedisReply, redisCommands } from '../../scripts/services/index.mjs';
import type { SharedRedis } from './services.ts';

/** Sends commands to one database of a Redis, over a connection of their own, and answers their replies. */
export async function inDatabase(
  { port, password, database }: Pick<SharedRedis, 'port' | 'password' | 'database'>,
  commands: readonly (readonly (string | number)[])[],
): Promise<RedisReply[]> {
  const replies = await redisCommands(port, [['SELECT', database], ...commands], { password });
  return replies.slice(1);
}
