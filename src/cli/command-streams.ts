import type { Readable } from 'node:stream';
import type { Streams } from './terminal.ts';

/** The standard streams that a command reads and writes. */
export interface CommandStreams extends Streams {
  readonly stdin: Readable;
}
