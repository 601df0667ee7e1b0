/** What the command ends with. */
export const EXIT = {
  /** Done, or stopped by a signal after everything read was written. */
  DONE: 0,
  /** A statement or a job failed. */
  FAILED: 1,
  /** The command line is wrong. */
  USAGE: 2,
  /** A second signal: ended at once. */
  INTERRUPTED: 130,
} as const;

/** The command line is wrong: exit status 2 and one line of text. */
export class UsageError extends Error {}
