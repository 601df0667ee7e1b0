// What the connector says when it refuses something.
import { DreyError } from '../../src/types/errors.ts';

/** The message with its hint; null when nothing is refused. */
export function messageOf(task: () => unknown): string | null {
  try {
    task();
    return null;
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  }
}
