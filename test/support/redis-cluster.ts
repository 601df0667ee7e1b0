// A cluster's port for suites that were written for one server.
import { CommandBatch } from '../../src/connectors/redis/client/command-batch.ts';
import type { RedisPort, Reply } from '../../src/connectors/redis/client/port.ts';
import { shared } from './redis-table.ts';

/** FLUSHDB and DBSIZE, which each master answers for itself, are answered for all of them. */
export function wholeDatabase(port: RedisPort): RedisPort {
  const ofEachMaster = async (name: string): Promise<Reply> => {
    const command = new CommandBatch();
    command.add1(name);
    const replies = await Promise.all((await port.nodes()).map((node) => node.pipeline(command)));
    if (name === 'FLUSHDB') return 'OK';
    return replies.reduce((sum, [size]) => sum + Number(size), 0);
  };
  return {
    ...shared(port),
    async pipeline(batch) {
      if (!batch.names.has('FLUSHDB') && !batch.names.has('DBSIZE')) return port.pipeline(batch);
      const replies: Reply[] = [];
      for (let i = 0; i < batch.count; i++) {
        const name = batch.commandAt(i)[0]!;
        const single = new CommandBatch();
        single.append(batch, i, i + 1);
        if (name === 'FLUSHDB' || name === 'DBSIZE') replies.push(await ofEachMaster(name));
        else replies.push(...(await port.pipeline(single)));
      }
      return replies;
    },
  };
}
