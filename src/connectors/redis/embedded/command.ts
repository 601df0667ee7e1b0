// What a command of the embedded Redis is.
import type { Database } from './database.ts';
import { CommandError, type Out, SYNTAX_ERROR } from './replies.ts';
import type { ServerState } from './server-state.ts';
import type { Session } from './session.ts';

/** Where a command runs. */
export interface Call {
  readonly db: Database;
  readonly session: Session;
  readonly server: ServerState;
  /** Its name in lower case, for messages. */
  readonly name: string;
}

export interface Command {
  /** Words, the name included; negative: at least so many. As in COMMAND. */
  readonly arity: number;
  /** May run before AUTH. */
  readonly beforeAuth?: true;
  /** Runs at once inside MULTI instead of being queued. */
  readonly insideMulti?: true;
  /** @throws CommandError what the client is answered */
  readonly run: (call: Call, ...args: string[]) => Out;
}

/** By lower-case name. */
export type CommandTable = Readonly<Record<string, Command>>;

export function wrongArity(name: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${name}' command`);
}

/** @throws CommandError unless `args` fits the arity, the name being counted */
export function checkArity(name: string, arity: number, args: readonly string[]): void {
  const words = args.length + 1;
  if (arity >= 0 ? words !== arity : words < -arity) throw wrongArity(name);
}

export function syntaxError(): CommandError {
  return new CommandError(SYNTAX_ERROR);
}

/** Reads options behind a command's fixed arguments, one after the other. */
export class Options {
  readonly #args: readonly string[];
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  get done(): boolean {
    return this.#at >= this.#args.length;
  }

  /** The next word in upper case. */
  name(): string {
    return this.word().toUpperCase();
  }

  /** The next word as it is. */
  word(): string {
    return this.#args[this.#at++]!;
  }

  /** The option's value, as it is. @throws CommandError syntax error when there is none */
  value(): string {
    const value = this.#args[this.#at++];
    if (value === undefined) throw syntaxError();
    return value;
  }
}
