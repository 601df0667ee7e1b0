// Options that are read and checked like all others, but whose feature is still to come. The one place to shorten then.
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import * as o from './options.ts';

/** @throws ValidationError that names the option and what to do without it */
export function refuseUnfinished(values: OptionValues): void {
  if (values.get(o.CACHE) === 'ALL') {
    refuse("'cache' = 'ALL'", 'a cache of the whole table', "'cache' = 'LRU' or 'None'");
  }
}

function refuse(given: string, feature: string, instead: string): never {
  throw new ValidationError(
    `Option ${given} asks for ${feature}, which this version of Drey does not have yet.`,
    { hint: `Use ${instead}.` },
  );
}
