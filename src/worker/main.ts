// The process that a TaskManager starts: frames on standard input and output, log lines on standard error. Pipes, as they
// need no address that somebody else could connect to and nothing on disk, and end with whichever side ends first.
import { Socket } from 'node:net';
import { VERSION } from '../types/version.ts';
import { SocketOutput } from './output.ts';
import { Worker } from './worker.ts';
import { stderrLogger } from './worker-context.ts';

/** Connections that do not close do not keep the process. */
const CLOSE_LIMIT_MS = 3000;
/** Twice what a pipe holds. */
const READ_BYTES = 128 * 1024;

const log = stderrLogger([]);
const input = new Socket({
  fd: 0,
  readable: true,
  writable: false,
  // One buffer for all that is read: frames that are there as a whole are read in it, the others are put together elsewhere.
  onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: onRead },
});
const output = new Socket({ fd: 1, readable: false, writable: true });
const worker = new Worker(new SocketOutput(output));
let isEnding = false;

/** @param code exit status */
function end(code: number): void {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(code), CLOSE_LIMIT_MS).unref();
  input.destroy();
  void worker.close().finally(() => process.exit(code));
}

function onRead(bytes: number, buffer: Uint8Array): boolean {
  try {
    worker.push(buffer.subarray(0, bytes) as Buffer);
  } catch (error) {
    breakDown(error);
  }
  return true;
}

function breakDown(reason: unknown): void {
  log.error(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  end(1);
}

input.resume();
// The TaskManager closed its end: after its last channel, or because it died.
input.on('end', () => end(0));
input.on('error', () => end(0));
output.on('error', () => end(0));
process.on('uncaughtException', breakDown);
process.on('unhandledRejection', breakDown);
// A Ctrl-C in the terminal of a local cluster reaches the whole process group; the TaskManager decides when this ends.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

worker.hello(VERSION);
