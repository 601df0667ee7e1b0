// CAST, TRY_CAST and the implicit casts of operators and sinks.
import { DataError, TableError, ValidationError } from '../types/errors.ts';
import { isCharacter, type LogicalType, typeToString, withNullable } from '../types/logical-type.ts';
import { converterOf, IDENTITY } from './functions/cast/converter.ts';
import { zoneOf } from './functions/datetime/zone.ts';
import type { Compiled, EvalContext, FunctionCall, Rex, ScalarFunction } from './rex.ts';
import { supportsCast, timestampNumericMessage } from './types/cast-rules.ts';
import { sameType } from './types/common-type.ts';
import { calciteName } from './types/families.ts';

export interface CastOptions {
  /** TRY_CAST: a value that cannot be cast is NULL. */
  readonly try?: boolean;
  /** Added by the planner: no call where the types already agree but for nullability. */
  readonly implicit?: boolean;
}

/**
 * `rex` as `type`. The nullability of the result is the operand's (TRY_CAST: nullable), whatever `type` says.
 * @throws ValidationError `Cast function cannot convert value of type X to type Y`
 */
export function castTo(rex: Rex, type: LogicalType, options: CastOptions = {}): Rex {
  const from = rex.type;
  const target = withNullable(type, options.try === true || from.nullable);
  if (rex.kind === 'literal' && rex.value === null)
    return { kind: 'literal', value: null, type: withNullable(type, true) };
  if (sameType(from, type) && from.nullable === target.nullable) return rex;
  if (options.implicit === true && sameType(from, type)) return rex;
  if (from.root === 'ROW' && from.fields.some((f) => f.type.root === 'NULL')) {
    throw new TableError('Illegal type: NULL', { hint: 'Write CAST(NULL AS STRING) for a NULL in a ROW' });
  }
  if (!supportsCast(from, type)) {
    const message =
      timestampNumericMessage(from, type) ??
      `Cast function cannot convert value of type ${calciteName(from)} to type ${calciteName(type)}`;
    throw new ValidationError(message);
  }
  return { kind: 'call', fn: options.try === true ? TRY_CAST : CAST, operands: [rex], type: target };
}

function bindNothing(operands: readonly Rex[]): FunctionCall {
  return { operands, type: operands[0]!.type };
}

function compileCast(args: readonly Compiled[], call: FunctionCall, context: EvalContext): Compiled {
  const [arg] = args as readonly [Compiled];
  const from = call.operands[0]!.type;
  const convert = converterOf(from, call.type, zoneOf(context.timeZone));
  if (convert === IDENTITY) return arg;
  if (!isCharacter(from)) {
    return (row) => {
      const value = arg(row);
      return value === null ? null : convert(value);
    };
  }
  return (row) => {
    const value = arg(row);
    if (value === null) return null;
    try {
      return convert(value);
    } catch (error) {
      throw error instanceof DataError ? castError(error, call.type) : error;
    }
  };
}

function castError(error: DataError, type: LogicalType): DataError {
  return new DataError(error.message, {
    hint: `It was CAST to ${typeToString(withNullable(type, true))}; TRY_CAST gives NULL instead of failing.`,
  });
}

function compileTryCast(args: readonly Compiled[], call: FunctionCall, context: EvalContext): Compiled {
  const [arg] = args as readonly [Compiled];
  const convert = converterOf(call.operands[0]!.type, call.type, zoneOf(context.timeZone));
  if (convert === IDENTITY) return arg;
  return (row) => {
    const value = arg(row);
    if (value === null) return null;
    try {
      return convert(value);
    } catch (error) {
      // What the value is to blame for; a defect still shows.
      if (error instanceof DataError) return null;
      throw error;
    }
  };
}

function printCast(args: readonly string[], call: FunctionCall): string {
  return `CAST(${args[0]} AS ${calciteName(call.type)})`;
}

/** Made by `castTo` only: the type of the call is the target. */
export const CAST: ScalarFunction = {
  name: 'CAST',
  doc: 'CAST(value AS type): the value in another type. A value that cannot be cast fails the job.',
  bind: bindNothing,
  compile: compileCast,
  print: printCast,
};

export const TRY_CAST: ScalarFunction = {
  name: 'TRY_CAST',
  doc: 'TRY_CAST(value AS type): the value in another type, NULL when it cannot be cast.',
  bind: bindNothing,
  compile: compileTryCast,
  print: (args, call) => `TRY_${printCast(args, call)}`,
};
