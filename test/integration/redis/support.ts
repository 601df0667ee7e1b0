// Ports opened from table options, as a table opens them.
import { CommandBatch } from '../../../src/connectors/redis/client/command-batch.ts';
import type { RedisPort, Reply } from '../../../src/connectors/redis/client/port.ts';
import { openPort } from '../../../src/connectors/redis/connection.ts';
import { readLookupSettings, readSinkSettings } from '../../../src/connectors/redis/settings.ts';
import { ConnectorError } from '../../../src/types/errors.ts';
import { testRuntime } from '../../support/redis-table.ts';

export type Options = Readonly<Record<string, string>>;

const open = new Set<RedisPort>();

/** Closes every port that the test opened. */
export async function closePorts(): Promise<void> {
  const all = [...open];
  open.clear();
  await Promise.all(all.map((port) => port.close()));
}

/** A port as the table with these options has it; not connected yet. */
export async function portOf(options: Options, role: 'sink' | 'lookup' = 'lookup'): Promise<RedisPort> {
  const given = new Map(Object.entries({ connector: 'redis', mode: 'STRING', ...options }));
  const { connection } = (role === 'sink' ? readSinkSettings : readLookupSettings)(given);
  const port = await openPort(connection, testRuntime());
  open.add(port);
  return port;
}

export async function connected(options: Options, role: 'sink' | 'lookup' = 'lookup'): Promise<RedisPort> {
  const port = await portOf(options, role);
  await port.connect();
  return port;
}

/** Why a table with these options cannot connect. */
export async function refusal(options: Options): Promise<ConnectorError> {
  try {
    await connected(options);
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error('connected');
}

export function batchOf(commands: readonly (readonly (string | number)[])[]): CommandBatch {
  const batch = new CommandBatch();
  for (const command of commands) batch.add(command);
  return batch;
}

export function ask(
  port: RedisPort,
  ...commands: readonly (readonly (string | number)[])[]
): Promise<readonly Reply[]> {
  return port.pipeline(batchOf(commands));
}
