// What has to be sent again so that every key ends as if all commands had been executed once, in order.
//
// A command that is not done yet is sent (again). One behind it that is done, but touches one of the same keys, is sent again
// too: else the earlier change would come last. Commands on other keys are left alone. A transaction goes as a whole.
import { CommandBatch } from './command-batch.ts';
import { keysOfCommand } from './command-keys.ts';
import type { Job } from './job.ts';

export interface ResendPlan {
  readonly batch: CommandBatch;
  /** For each command of the batch: whose it is, and which. */
  readonly jobs: readonly Job[];
  readonly indexes: readonly number[];
}

/** @param window jobs in the order in which they were sent */
export function planResend(window: readonly Job[]): ResendPlan {
  const batch = new CommandBatch();
  const jobs: Job[] = [];
  const indexes: number[] = [];
  for (const { job, from, to } of groupsToResend(window)) {
    batch.append(job.batch, from, to);
    for (let i = from; i < to; i++) {
      jobs.push(job);
      indexes.push(i);
    }
  }
  return { batch, jobs, indexes };
}

/** Commands `from` (inclusive) to `to` (exclusive) of a job that are sent together. */
export interface ResendGroup {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
  /** What they touch, one character a byte; null: perhaps every key. */
  readonly keys: readonly string[] | null;
}

/** What is to be sent again, in order. */
export function* groupsToResend(window: readonly Job[]): Generator<ResendGroup> {
  const dirty = new DirtyKeys();
  for (const job of window) {
    if (dirty.clean && !job.hasOpen) continue;
    for (const group of groupsOf(job)) {
      const keys = keysOfGroup(group);
      let again = dirty.touches(keys);
      for (let i = group.from; i < group.to && !again; i++) again = job.isOpen(i);
      if (!again) continue;
      dirty.add(keys);
      yield { job, from: group.from, to: group.to, keys };
    }
  }
}

class DirtyKeys {
  readonly #keys = new Set<string>();
  #all = false;

  get clean(): boolean {
    return !this.#all && this.#keys.size === 0;
  }

  add(keys: readonly string[] | null): void {
    if (keys === null) this.#all = true;
    else for (const key of keys) this.#keys.add(key);
  }

  touches(keys: readonly string[] | null): boolean {
    if (this.clean) return false;
    return keys === null || this.#all
      ? keys === null || keys.length > 0
      : keys.some((key) => this.#keys.has(key));
  }
}

/** Commands that are sent together or not at all: one, or MULTI to EXEC. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly commands: readonly (readonly string[])[];
}

function* groupsOf(job: Job): Generator<Group> {
  let from = 0;
  let commands: string[][] = [];
  let inside = false;
  for (let i = 0; i < job.count; i++) {
    // latin1: keys need to be told apart here, not read
    const words = job.batch.wordsAt(i).map((word) => word.toString('latin1'));
    const name = words[0]!.toUpperCase();
    if (name === 'MULTI') inside = true;
    else if (name === 'EXEC' || name === 'DISCARD') inside = false;
    commands.push(words);
    if (inside && i + 1 < job.count) continue;
    yield { from, to: i + 1, commands };
    from = i + 1;
    commands = [];
  }
}

function keysOfGroup(group: Group): readonly string[] | null {
  const all: string[] = [];
  for (const command of group.commands) {
    const keys = keysOfCommand(command);
    if (keys === null) return null;
    all.push(...keys);
  }
  return all;
}
