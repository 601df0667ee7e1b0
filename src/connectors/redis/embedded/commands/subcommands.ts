// Commands whose second word says what is meant: CLIENT, CONFIG, COMMAND.
import { type Call, type Command, checkArity } from '../command.ts';
import { CommandError, type Out } from '../replies.ts';

/** By lower-case name; the arity counts both names. */
export type Subcommands = Readonly<Record<string, Pick<Command, 'arity' | 'run'>>>;

/** @param words all behind the command's name */
export function subcommand(call: Call, table: Subcommands, words: readonly string[]): Out {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) {
    throw new CommandError(
      `ERR unknown subcommand '${given.slice(0, 128)}'. Try ${call.name.toUpperCase()} HELP.`,
    );
  }
  checkArity(`${call.name}|${name}`, found.arity, words);
  return found.run(call, ...args);
}
