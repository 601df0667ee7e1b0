// Constant folding (Flink's ExpressionReducer).
import { DataError } from '../types/errors.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { compileExpression } from './compile/expression.ts';
import { codePointSlice } from './functions/code-points.ts';
import { RAW_JSON } from './functions/json/construct.ts';
import type { Call, EvalContext, Literal, Rex } from './rex.ts';
import { SYMBOL } from './types/families.ts';

/**
 * Replaces deterministic calls over constants by their value.
 * @throws DataError for `1 / 0`, which Flink refuses at plan time; what else fails (a CAST) fails when it runs
 */
export function foldConstants(rex: Rex, context: EvalContext): Rex {
  switch (rex.kind) {
    case 'input':
    case 'literal':
      return rex;
    case 'field': {
      const operand = foldConstants(rex.operand, context);
      return operand === rex.operand ? rex : { ...rex, operand };
    }
    case 'call':
      return foldCall(rex, context);
  }
}

function foldCall(rex: Call, context: EvalContext): Rex {
  const operands = rex.operands.map((o) => foldConstants(o, context));
  const call = operands.every((o, i) => o === rex.operands[i]) ? rex : { ...rex, operands };
  const simplified = simplify(call);
  if (simplified !== undefined) return simplified;
  if (
    rex.fn === RAW_JSON ||
    rex.fn.deterministic === false ||
    !isScalar(rex.type) ||
    !operands.every((o) => o.kind === 'literal')
  ) {
    return call;
  }
  try {
    return { kind: 'literal', value: fitted(compileExpression(call, context)([]), rex.type), type: rex.type };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (rex.fn.name === '/') throw new DataError('Division by zero', { cause: error });
    return call;
  }
}

function isScalar(type: LogicalType): boolean {
  return !['ARRAY', 'MAP', 'MULTISET', 'ROW'].includes(type.root);
}

/** A constant is cut to its type: UPPER('ß') is a CHAR(1). */
function fitted(value: unknown, type: LogicalType): unknown {
  if (type.root === 'CHAR' && type !== SYMBOL && typeof value === 'string' && value.length > type.length) {
    return codePointSlice(value, 0, type.length);
  }
  if (type.root === 'BINARY' && value instanceof Uint8Array && value.length > type.length) {
    return value.subarray(0, type.length);
  }
  return value;
}

/** AND, OR and CASE of which a constant decides a part. */
function simplify(call: Call): Rex | undefined {
  switch (call.fn.name) {
    case 'AND':
      return simplifyConnective(call, false);
    case 'OR':
      return simplifyConnective(call, true);
    case 'CASE':
      return simplifyCase(call);
    default:
      return undefined;
  }
}

function isLiteral(rex: Rex, value: unknown): rex is Literal {
  return rex.kind === 'literal' && rex.value === value;
}

function simplifyConnective(call: Call, decisive: boolean): Rex | undefined {
  const decided = call.operands.find((o) => isLiteral(o, decisive));
  if (decided !== undefined) return { kind: 'literal', value: decisive, type: call.type };
  const rest = call.operands.filter((o) => !isLiteral(o, !decisive));
  if (rest.length === call.operands.length) return undefined;
  if (rest.length === 0) return { kind: 'literal', value: !decisive, type: call.type };
  return rest.length === 1 ? rest[0] : { ...call, operands: rest };
}

/** Branches that cannot be taken fall away; the first that is always taken ends it. */
function simplifyCase(call: Call): Rex | undefined {
  const operands: Rex[] = [];
  const last = call.operands.length - 1;
  let otherwise = call.operands[last]!;
  for (let i = 0; i < last; i += 2) {
    const condition = call.operands[i]!;
    if (isLiteral(condition, false) || isLiteral(condition, null)) continue;
    if (isLiteral(condition, true)) {
      otherwise = call.operands[i + 1]!;
      break;
    }
    operands.push(condition, call.operands[i + 1]!);
  }
  if (operands.length === 0) return { ...otherwise, type: call.type };
  return operands.length === last ? undefined : { ...call, operands: [...operands, otherwise] };
}
