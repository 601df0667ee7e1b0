// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
import type { Call, CommandTable } from '../command.ts';
import { execute } from '../execute.ts';
import { CommandError, NIL_ARRAY, OK, type Out } from '../replies.ts';

function exec({ server, session }: Call): Out {
  const { queue, queueBroken, watchBroken } = session;
  if (queue === null) throw new CommandError('ERR EXEC without MULTI');
  session.endMulti();
  if (queueBroken) throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
  if (watchBroken) return NIL_ARRAY;
  return queue.map((words) => execute(server, session, words));
}

export const transactionCommands: CommandTable = {
  multi: {
    arity: 1,
    insideMulti: true,
    run: ({ session }) => {
      if (session.queue !== null) throw new CommandError('ERR MULTI calls can not be nested');
      session.queue = [];
      return OK;
    },
  },
  exec: { arity: 1, insideMulti: true, run: exec },
  discard: {
    arity: 1,
    insideMulti: true,
    run: ({ session }) => {
      if (session.queue === null) throw new CommandError('ERR DISCARD without MULTI');
      session.endMulti();
      return OK;
    },
  },
  watch: {
    arity: -2,
    insideMulti: true,
    run: ({ session }, ...keys) => {
      if (session.queue !== null) throw new CommandError('ERR WATCH inside MULTI is not allowed');
      for (const key of keys) session.watch(key);
      return OK;
    },
  },
  unwatch: {
    arity: 1,
    run: ({ session }) => {
      session.unwatch();
      return OK;
    },
  },
};
