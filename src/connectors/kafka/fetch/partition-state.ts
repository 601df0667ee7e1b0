// How far one partition has been fetched and handed out.
import { partitionName, type TopicPartition } from '../wire/offsets.ts';

export class PartitionState implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** `t-0` */
  readonly name: string;
  /** Where reading began, for the share that is done. */
  readonly start: number;
  /** Reading ends before this offset; null: never. */
  readonly stop: number | null;
  /** Offset behind the last record handed out. */
  position: number;
  /** Offset that the next request asks for. */
  fetchOffset: number;
  /** Node id of the leader, -1 while it has to be looked for. */
  leader = -1;
  /** Offset behind the last record that can be read, -1 while unknown. */
  end = -1;
  /** Chunks that have been fetched and not read to the end. */
  queued = 0;

  constructor(partition: TopicPartition, start: number, position: number, stop: number | null) {
    this.topic = partition.topic;
    this.partition = partition.partition;
    this.name = partitionName(partition);
    this.start = start;
    this.position = position;
    this.fetchOffset = position;
    this.stop = stop;
  }

  /** Nothing is left to hand out. */
  get done(): boolean {
    return this.stop !== null && this.position >= this.stop;
  }

  /** Nothing is left to ask for. */
  get fetched(): boolean {
    return this.stop !== null && this.fetchOffset >= this.stop;
  }

  /** Records not yet handed out, as far as known. */
  get pending(): number {
    const end = this.end < 0 ? this.position : this.end;
    return Math.max(0, (this.stop === null ? end : Math.min(end, this.stop)) - this.position);
  }
}
