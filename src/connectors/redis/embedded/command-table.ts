// All commands of the embedded Redis.
import type { Command } from './command.ts';
import { clientCommands } from './commands/client.ts';
import { connectionCommands } from './commands/connection.ts';
import { expiryCommands } from './commands/expiry.ts';
import { hashCommands } from './commands/hashes.ts';
import { keyCommands } from './commands/keys.ts';
import { listCommands } from './commands/lists.ts';
import { serverCommands } from './commands/server.ts';
import { setCommands } from './commands/sets.ts';
import { sortedSetRangeCommands } from './commands/sorted-set-ranges.ts';
import { sortedSetCommands } from './commands/sorted-sets.ts';
import { stringCommands } from './commands/strings.ts';
import { transactionCommands } from './commands/transactions.ts';

/** By lower-case name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    stringCommands,
    expiryCommands,
    keyCommands,
    hashCommands,
    listCommands,
    setCommands,
    sortedSetCommands,
    sortedSetRangeCommands,
    connectionCommands,
    clientCommands,
    transactionCommands,
    serverCommands,
  ].flatMap((each) => Object.entries(each)),
);
