// One command from its words to its reply, with the checks that come before every command, in Redis' order.
import { type Command, checkArity } from './command.ts';
import { CommandError, type Out, QUEUED } from './replies.ts';
import type { ServerState } from './server-state.ts';
import type { Session } from './session.ts';

/** What the client sent, answered, or queued inside MULTI. */
export function dispatch(server: ServerState, session: Session, words: readonly string[]): Out {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  let command: Command;
  try {
    command = lookUp(server, name, given, args);
    checkArity(name, command.arity, args);
    if (!session.loggedIn && command.beforeAuth !== true)
      throw new CommandError('NOAUTH Authentication required.');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (name === 'exec') {
      session.endMulti();
      const reason = error.message.replace(/^ERR /, '');
      return new CommandError(`EXECABORT Transaction discarded because of: ${reason}`);
    }
    if (session.queue !== null) session.queueBroken = true;
    return error;
  }
  if (session.queue !== null && command.insideMulti !== true) {
    session.queue.push([...words]);
    return QUEUED;
  }
  return execute(server, session, words);
}

/** Runs a command that has passed the checks. */
export function execute(server: ServerState, session: Session, words: readonly string[]): Out {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  const db = server.databases[session.database]!;
  server.commandsProcessed++;
  session.lastCommand = name;
  session.lastCommandAt = server.clock.now();
  db.sweep();
  try {
    return lookUp(server, name, given, args).run({ db, session, server, name }, ...args);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

function lookUp(server: ServerState, name: string, given: string, args: readonly string[]): Command {
  const command = server.commands.get(name);
  if (command !== undefined) return command;
  let shown = '';
  for (const arg of args) {
    if (shown.length >= 128) break;
    shown += `'${arg.slice(0, 128 - shown.length)}' `;
  }
  throw new CommandError(`ERR unknown command '${given.slice(0, 128)}', with args beginning with: ${shown}`);
}
