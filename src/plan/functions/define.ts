// How a function is written down: one entry with its forms, its result and its body.
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import type { Compiled, EvalContext, FunctionCall, Rex, ScalarFunction } from '../rex.ts';
import { belongsTo, calciteName, type Family } from '../types/families.ts';
import { converterOf, IDENTITY } from './cast/converter.ts';
import { zoneOf } from './datetime/zone.ts';

/** Families of the arguments, or any number of arguments of one family. */
export type Form = readonly Family[] | { readonly repeat: Family; readonly least: number };

export interface Definition {
  /** Upper case. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: string;
  readonly deterministic?: boolean;
  readonly forms: readonly Form[];
  /** Result type but for its nullability, which `nulls` says. */
  readonly result: LogicalType | ((types: readonly LogicalType[], operands: readonly Rex[]) => LogicalType);
  /** `any` (default): nullable when an argument is; `result`: as the result type says. */
  readonly nulls?: 'any' | 'always' | 'never' | 'result';
  /** Types that the body wants its arguments in; null: as they are. The last one counts for all that follow. */
  readonly as?: readonly (LogicalType | null)[];
  /** The body: gets values that are not null, and is not called where one is null. */
  readonly fn?: (...args: never[]) => unknown;
  /** Instead of `fn`, where the body needs nulls, types, constants or the context. `args` are already converted. */
  readonly compile?: ScalarFunction['compile'];
  /** Operators: `infix` `a + b`, `prefix` `-a`; names the forms in messages. */
  readonly syntax?: 'function' | 'infix' | 'prefix' | 'postfix';
  readonly print?: ScalarFunction['print'];
  /** A check beyond families. */
  readonly check?: (operands: readonly Rex[]) => void;
}

/** An error about one argument: the binder points at it. */
export class ArgumentError extends ValidationError {
  /** 0-based */
  readonly argument: number;
  constructor(message: string, argument: number) {
    super(message);
    this.argument = argument;
  }
}

export function define(definition: Definition): ScalarFunction {
  const { name, doc } = definition;
  return {
    name,
    doc,
    ...(definition.aliases === undefined ? {} : { aliases: definition.aliases }),
    ...(definition.deterministic === undefined ? {} : { deterministic: definition.deterministic }),
    ...(definition.print === undefined ? {} : { print: definition.print }),
    bind: (operands) => bind(definition, operands),
    compile: (args, call, context) => {
      const converted = args.map((arg, i) => converting(definition, arg, call.operands[i]!, i, context));
      return definition.compile !== undefined
        ? definition.compile(converted, call, context)
        : strict(definition.fn as Body, converted);
    },
  };
}

function bind(definition: Definition, operands: readonly Rex[]): FunctionCall {
  checkForms(definition, operands);
  definition.check?.(operands);
  const types = operands.map((o) => o.type);
  const result =
    typeof definition.result === 'function' ? definition.result(types, operands) : definition.result;
  return { operands, type: withNullable(result, isNullable(definition, types, result)) };
}

function isNullable(definition: Definition, types: readonly LogicalType[], result: LogicalType): boolean {
  switch (definition.nulls ?? 'any') {
    case 'any':
      return types.some((t) => t.nullable);
    case 'always':
      return true;
    case 'never':
      return false;
    case 'result':
      return result.nullable;
  }
}

// ----------------------------------------------------------------------------------------------------------- signatures

/** @throws ValidationError in Calcite's words */
function checkForms(definition: Definition, operands: readonly Rex[]): void {
  const { forms, name } = definition;
  const fitting = forms.filter((form) => takes(form, operands.length));
  if (fitting.length === 0) {
    const expected = Math.min(...forms.map((f) => ('repeat' in f ? f.least : f.length)));
    throw new ValidationError(
      `Invalid number of arguments to function '${name}'. Was expecting ${expected} arguments`,
    );
  }
  const matching = fitting.find((form) => operands.every((o, i) => belongsTo(o.type, familyAt(form, i))));
  if (matching === undefined) throw cannotApply(definition, operands);
  for (const [i, operand] of operands.entries()) {
    if (operand.type.root === 'NULL' && familyAt(matching, i) !== 'ANY') {
      throw new ArgumentError("Illegal use of 'NULL'", i);
    }
  }
}

function takes(form: Form, count: number): boolean {
  return 'repeat' in form ? count >= form.least : form.length === count;
}

function familyAt(form: Form, index: number): Family {
  return 'repeat' in form ? form.repeat : form[index]!;
}

type Named = Pick<Definition, 'name' | 'syntax' | 'forms'>;

/** `Cannot apply '+' to arguments of type '<BOOLEAN> + <INTEGER>'. Supported form(s): …` */
export function cannotApply(definition: Named, operands: readonly Rex[]): ValidationError {
  const given = signature(
    definition,
    operands.map((o) => calciteName(o.type)),
  );
  const forms = definition.forms.map(
    (form) =>
      `'${signature(definition, 'repeat' in form ? Array<string>(Math.max(1, form.least)).fill(form.repeat) : form)}'`,
  );
  return new ValidationError(
    `Cannot apply '${definition.name}' to arguments of type '${given}'. Supported form(s): ${forms.join('\n')}`,
  );
}

function signature({ name, syntax }: Named, types: readonly string[]): string {
  const quoted = types.map((t) => `<${t}>`);
  if (syntax === 'infix') return quoted.join(` ${name} `);
  if (syntax === 'postfix') return `${quoted[0]} ${name}`;
  return syntax === 'prefix'
    ? `${name}${/\w$/.test(name) ? ' ' : ''}${quoted[0]}`
    : `${name}(${quoted.join(', ')})`;
}

// -------------------------------------------------------------------------------------------------------------- bodies

type Body = (...args: unknown[]) => unknown;

function converting(
  definition: Definition,
  arg: Compiled,
  operand: Rex,
  index: number,
  context: EvalContext,
): Compiled {
  const { as } = definition;
  const target = as === undefined ? null : as[Math.min(index, as.length - 1)]!;
  return target === null || target === undefined ? arg : convertOperand(arg, operand, target, context);
}

/** The value of an operand as another type; of a constant it is made once. */
export function convertOperand(arg: Compiled, operand: Rex, to: LogicalType, context: EvalContext): Compiled {
  const converted = convertArgument(arg, operand.type, to, context);
  if (operand.kind !== 'literal' || converted === arg) return converted;
  const value = converted([]);
  return () => value;
}

/** `arg` of type `from` as `to`; NULL stays NULL. */
export function convertArgument(
  arg: Compiled,
  from: LogicalType,
  to: LogicalType,
  context: EvalContext,
): Compiled {
  const convert = converterOf(from, to, zoneOf(context.timeZone));
  if (convert === IDENTITY) return arg;
  return (row) => {
    const value = arg(row);
    return value === null ? null : convert(value);
  };
}

/** NULL when an argument is NULL, else what the body says. */
export function strict(body: Body, args: readonly Compiled[]): Compiled {
  const [a, b, c, d] = args as readonly [Compiled, Compiled, Compiled, Compiled];
  switch (args.length) {
    case 0:
      return () => body();
    case 1:
      return (row) => {
        const x = a(row);
        return x === null ? null : body(x);
      };
    case 2:
      return (row) => {
        const x = a(row);
        if (x === null) return null;
        const y = b(row);
        return y === null ? null : body(x, y);
      };
    case 3:
      return (row) => {
        const x = a(row);
        if (x === null) return null;
        const y = b(row);
        if (y === null) return null;
        const z = c(row);
        return z === null ? null : body(x, y, z);
      };
    case 4:
      return (row) => {
        const x = a(row);
        const y = b(row);
        const z = c(row);
        const w = d(row);
        return x === null || y === null || z === null || w === null ? null : body(x, y, z, w);
      };
    default:
      return (row) => {
        const values = args.map((arg) => arg(row));
        return values.includes(null) ? null : body(...values);
      };
  }
}

/** The value of a constant argument; undefined when it is none (or is not there). */
export function constant(operand: Rex | undefined): unknown {
  return operand?.kind === 'literal' ? operand.value : undefined;
}
