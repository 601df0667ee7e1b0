// How much room V8 keeps for short-lived objects.
import process from 'node:process';

/**
 * Room for new objects, of which V8 keeps two, and a third one's worth of large ones. It would double it while rows come, up to
 * 64 MB: a job then is larger and no faster (BENCHMARKS.md, Memory).
 */
export const SEMI_SPACE_MB = 16;

/** What a thread is given when it is made (`resourceLimits`). */
export const YOUNG_GENERATION_MB = 3 * SEMI_SPACE_MB;

/** Whether the user gave Node an option about it, which counts. */
export function isYoungGenerationSet(): boolean {
  const { NODE_OPTIONS: options = '' } = process.env;
  return [options, ...process.execArgv].some((text) => /semi[-_]space|young[-_]generation/.test(text));
}
