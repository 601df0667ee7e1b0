// One server's share of a job on its way.
import type { ConnectorError } from '../../../../types/errors.ts';
import type { Exchange } from '../connection.ts';
import type { Job } from '../job.ts';
import type { Reply } from '../port.ts';
import type { Share } from './deal.ts';

export interface PartOwner {
  /** A reply of this server is about to be read. */
  answering(node: number): void;
  /** A part was answered that is not the last of its job. */
  progressed(): void;
}

export class Part implements Exchange {
  readonly count: number;
  readonly wantsReplies: boolean;
  readonly #job: Job;
  readonly #node: number;
  readonly #indexes: Uint32Array | null;
  /** Parts of the job that are not answered, counted together. */
  readonly #open: { parts: number };
  readonly #owner: PartOwner;

  constructor(job: Job, share: Share, open: { parts: number }, owner: PartOwner) {
    this.#job = job;
    this.#node = share.node;
    this.#indexes = share.indexes;
    this.#open = open;
    this.#owner = owner;
    this.count = share.count;
    this.wantsReplies = job.wantsReplies;
  }

  reply(index: number, reply: Reply): void {
    this.#owner.answering(this.#node);
    this.#job.reply(this.#position(index), reply);
  }

  done(): void {
    if (--this.#open.parts === 0) this.#job.done();
    else this.#owner.progressed();
  }

  failed(_error: ConnectorError, answered: number): void {
    for (let i = answered; i < this.count; i++) this.#job.reopen(this.#position(i));
  }

  #position(index: number): number {
    return this.#indexes === null ? index : this.#indexes[index]!;
  }
}
