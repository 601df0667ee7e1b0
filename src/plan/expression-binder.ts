// AST of an expression to Rex: operators and functions resolved, types inferred, implicit casts added. Names and
// sub-queries are the query's: it hands in a Scope.
import { nearest } from '../options/nearest.ts';
import type {
  CallExpression,
  CaseExpression,
  ColumnReference,
  ExistsExpression,
  Expression,
  FieldExpression,
  InExpression,
  JsonConstructorExpression,
  JsonPathExpression,
  Name,
  QuantifiedExpression,
  SubqueryExpression,
} from '../sql/ast.ts';
import { type SourceSpan, TableError, ValidationError } from '../types/errors.ts';
import { isCharacter, withNullable } from '../types/logical-type.ts';
import { callOf, located } from './binder/located.ts';
import {
  bindBetween,
  bindBinary,
  bindIn,
  bindIs,
  bindLike,
  bindQuantified,
  bindUnary,
} from './binder/operators.ts';
import { castTo } from './cast.ts';
import type { FunctionCatalog } from './functions/catalog.ts';
import {
  ARRAY_CONSTRUCTOR,
  ITEM,
  MAP_CONSTRUCTOR,
  ROW_CONSTRUCTOR,
} from './functions/collections/constructors.ts';
import { CASE } from './functions/conditional.ts';
import { JSON_ARRAY, JSON_OBJECT, jsonOperand } from './functions/json/construct.ts';
import {
  type JsonBehaviour,
  jsonExistsCall,
  jsonQueryCall,
  jsonValueCall,
  symbol,
} from './functions/json/query.ts';
import { EQUALS } from './functions/operators/comparison.ts';
import { bindLiteral, nullLiteral } from './literals.ts';
import type { Rex } from './rex.ts';
import { belongsTo, familyName } from './types/families.ts';

export interface ColumnMatch {
  readonly rex: Rex;
  /** How many of the parts named it: 1 for `a`, 2 for `t.a`. The rest are fields of the ROW column. */
  readonly parts: number;
}

/** What the query around an expression knows. */
export interface Scope {
  readonly functions: FunctionCatalog;
  /** @throws ValidationError `Column 'x' not found in any table`, `Column 'x' is ambiguous`, with the span */
  resolveColumn(parts: readonly Name[], span: SourceSpan): ColumnMatch;
  /** Asked before each node is bound: an expression that the input already computes (a GROUP BY key, an aggregate). */
  replace?(expression: Expression): Rex | undefined;
  /** Upper-case name of an aggregate or window function? Such a call, and any call with OVER, goes to `bindAggregate`. */
  isAggregate?(name: string): boolean;
  bindAggregate?(call: CallExpression | JsonConstructorExpression): Rex;
  bindSubquery?(expression: SubqueryExpression | ExistsExpression | InExpression | QuantifiedExpression): Rex;
}

/**
 * @throws ValidationError in Flink's words, with the span of what is wrong
 */
export function bindExpression(ast: Expression, scope: Scope): Rex {
  const replaced = scope.replace?.(ast);
  if (replaced !== undefined) return replaced;
  const bind = (e: Expression) => bindExpression(e, scope);
  switch (ast.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'bytes':
    case 'datetime':
    case 'interval':
      return bindLiteral(ast);
    case 'symbol':
      return symbol(ast.value);
    case 'column':
      return bindColumn(ast, scope);
    case 'unary':
      return bindUnary(ast, bind);
    case 'binary':
      return bindBinary(ast, bind);
    case 'is':
      return bindIs(ast, bind);
    case 'like':
      return bindLike(ast, bind);
    case 'between':
      return bindBetween(ast, bind);
    case 'in':
      return ast.query === undefined ? bindIn(ast, bind) : bindSubquery(ast, scope);
    case 'quantified':
      return ast.query === undefined ? bindQuantified(ast, bind) : bindSubquery(ast, scope);
    case 'exists':
    case 'subquery':
      return bindSubquery(ast, scope);
    case 'case':
      return bindCase(ast, bind);
    case 'cast': {
      const operand = bind(ast.operand);
      return located(ast.span, () => castTo(operand, ast.type.type, { try: ast.safe }));
    }
    case 'call':
      return bindCall(ast, scope);
    case 'row':
      return callOf(ROW_CONSTRUCTOR, ast.items.map(bind), ast.span);
    case 'array':
      return bindArray(ast.items, ast.span, bind);
    case 'map':
      return bindMap(ast.items, ast.span, bind);
    case 'item': {
      const operands = [bind(ast.operand), bind(ast.index)];
      return callOf(ITEM, operands, ast.span);
    }
    case 'field':
      return bindField(ast, bind);
    case 'jsonPath':
      return bindJsonPath(ast, bind);
    case 'jsonConstructor':
      return bindJsonConstructor(ast, scope);
    case 'star':
    case 'namedArgument':
    case 'descriptor':
    case 'tableArgument':
      throw new ValidationError(MISPLACED[ast.kind], { span: ast.span });
  }
}

type Bind = (expression: Expression) => Rex;

const MISPLACED = {
  star: "'*' is not allowed here",
  namedArgument: 'Named arguments are not supported by this function',
  descriptor: 'DESCRIPTOR is only allowed as an argument of a window table function',
  tableArgument: 'A table is only allowed as an argument of a table function',
} as const;

// ------------------------------------------------------------------------------------------------------------- columns

function bindColumn(ast: ColumnReference, scope: Scope): Rex {
  const match = scope.resolveColumn(ast.parts, ast.span);
  return ast.parts.slice(match.parts).reduce((operand, part) => fieldOf(operand, part), match.rex);
}

function bindField(ast: FieldExpression, bind: Bind): Rex {
  return fieldOf(bind(ast.operand), ast.name);
}

/** A field of a ROW; names are matched exactly, as Flink does. */
function fieldOf(operand: Rex, name: Name): Rex {
  const { type } = operand;
  if (type.root !== 'ROW') {
    throw new ValidationError(`Incompatible types: '${name.value}' is asked of a value that is no ROW`, {
      span: name.span,
    });
  }
  const index = type.fields.findIndex((f) => f.name === name.value);
  if (index < 0) {
    const guess = nearest(
      name.value,
      type.fields.map((f) => f.name),
    );
    throw new ValidationError(`Unknown field '${name.value}'`, {
      span: name.span,
      ...(guess === undefined ? {} : { hint: `Did you mean '${guess}'?` }),
    });
  }
  const field = type.fields[index]!.type;
  return { kind: 'field', operand, index, type: withNullable(field, type.nullable || field.nullable) };
}

function bindSubquery(
  ast: SubqueryExpression | ExistsExpression | InExpression | QuantifiedExpression,
  scope: Scope,
): Rex {
  if (scope.bindSubquery === undefined) {
    throw new ValidationError('A sub-query is not allowed here', { span: ast.span });
  }
  return scope.bindSubquery(ast);
}

// ---------------------------------------------------------------------------------------------------------------- CASE

function bindCase(ast: CaseExpression, bind: Bind): Rex {
  const operand = ast.operand === undefined ? undefined : bind(ast.operand);
  const operands: Rex[] = [];
  for (const when of ast.whens) {
    let condition = bind(when.condition);
    if (operand !== undefined) condition = callOf(EQUALS, [operand, condition], when.condition.span);
    else if (!belongsTo(condition.type, 'BOOLEAN')) {
      throw new ValidationError('Expected a boolean type', { span: when.condition.span });
    }
    operands.push(condition, bind(when.result));
  }
  operands.push(ast.otherwise === undefined ? nullLiteral() : bind(ast.otherwise));
  if (operands.every((o, i) => (i % 2 === 0 && i < operands.length - 1) || o.type.root === 'NULL')) {
    throw new ValidationError('ELSE clause or at least one THEN clause must be non-NULL', { span: ast.span });
  }
  return callOf(CASE, operands, ast.span);
}

/** `CASE WHEN a = b THEN NULL ELSE a END` */
function bindNullIf(ast: CallExpression, operands: readonly Rex[]): Rex {
  const [a, b] = operands as readonly [Rex, Rex];
  const equal = callOf(EQUALS, [a, b], ast.span);
  return callOf(CASE, [equal, nullLiteral(), a], ast.span);
}

// --------------------------------------------------------------------------------------------------------------- calls

function bindCall(ast: CallExpression, scope: Scope): Rex {
  const name = ast.name.parts.map((p) => p.value).join('.');
  const upper = name.toUpperCase();
  if (scope.isAggregate?.(upper) || ast.over !== undefined) {
    if (scope.bindAggregate === undefined) {
      throw new ValidationError(`Aggregate expression is illegal here: ${upper}`, { span: ast.span });
    }
    return scope.bindAggregate(ast);
  }
  if (ast.distinct || ast.filter !== undefined || ast.withinGroup !== undefined) {
    throw new ValidationError(
      `DISTINCT, FILTER and WITHIN GROUP are only allowed with aggregate functions, not with ${upper}`,
      {
        span: ast.span,
      },
    );
  }
  const operands = ast.args.map((arg) => bindExpression(arg, scope));
  const argumentSpans = ast.args.map((arg) => arg.span);
  if (upper === 'NULLIF') {
    if (operands.length === 2) return bindNullIf(ast, operands);
    throw new ValidationError("Invalid number of arguments to function 'NULLIF'. Was expecting 2 arguments", {
      span: ast.span,
    });
  }
  const fn = scope.functions.lookup(name);
  if (fn === undefined) throw noMatch(ast, upper, operands, scope);
  return callOf(fn, operands, ast.span, argumentSpans);
}

function noMatch(
  ast: CallExpression,
  upper: string,
  operands: readonly Rex[],
  scope: Scope,
): ValidationError {
  const types = operands.map((o) => `<${familyName(o.type)}>`).join(', ');
  const guess = nearest(upper, scope.functions.names());
  return new ValidationError(`No match found for function signature ${upper}(${types})`, {
    span: ast.span,
    ...(guess === undefined ? {} : { hint: `Did you mean '${guess}'?` }),
  });
}

// ---------------------------------------------------------------------------------------------- constructors, SQL/JSON

function bindArray(items: readonly Expression[], span: SourceSpan, bind: Bind): Rex {
  if (items.length === 0) throw new ValidationError('Require at least 1 argument', { span });
  return callOf(ARRAY_CONSTRUCTOR, items.map(bind), span);
}

function bindMap(items: readonly Expression[], span: SourceSpan, bind: Bind): Rex {
  if (items.length === 0) throw new ValidationError('Map requires at least 2 arguments', { span });
  if (items.length % 2 !== 0) throw new ValidationError('Map requires an even number of arguments', { span });
  return callOf(MAP_CONSTRUCTOR, items.map(bind), span);
}

function behaviour(given: JsonPathExpression['onEmpty'], byDefault: string, bind: Bind): JsonBehaviour {
  if (given === undefined) return { kind: byDefault };
  return given.kind === 'DEFAULT' ? { kind: 'DEFAULT', value: bind(given.value) } : { kind: given.kind };
}

function bindJsonPath(ast: JsonPathExpression, bind: Bind): Rex {
  const input = bind(ast.input);
  const path = bind(ast.path);
  return located(ast.span, () => {
    switch (ast.name) {
      case 'JSON_VALUE':
        return jsonValueCall(
          input,
          path,
          ast.returning?.type,
          behaviour(ast.onEmpty, 'NULL', bind),
          behaviour(ast.onError, 'NULL', bind),
        );
      case 'JSON_QUERY':
        if (ast.returning !== undefined && !isCharacter(ast.returning.type)) {
          throw new TableError('JSON_QUERY can only be RETURNING STRING');
        }
        return jsonQueryCall(
          input,
          path,
          ast.wrapper ?? 'WITHOUT',
          behaviour(ast.onEmpty, 'NULL', bind),
          behaviour(ast.onError, 'NULL', bind),
        );
      case 'JSON_EXISTS':
        return jsonExistsCall(input, path, behaviour(ast.onError, 'FALSE', bind));
    }
  });
}

function bindJsonConstructor(ast: JsonConstructorExpression, scope: Scope): Rex {
  if (ast.name === 'JSON_OBJECTAGG' || ast.name === 'JSON_ARRAYAGG') {
    if (scope.bindAggregate !== undefined) return scope.bindAggregate(ast);
    throw new ValidationError(`Aggregate expression is illegal here: ${ast.name}`, { span: ast.span });
  }
  const bind: Bind = (e) => bindExpression(e, scope);
  const values = ast.values.map((v) => jsonOperand(bind(v)));
  const untyped = ast.values[values.findIndex((v) => v.type.root === 'NULL')];
  if (untyped !== undefined) {
    throw new TableError('Type is not supported: ANY', {
      span: untyped.span,
      hint: 'Write CAST(NULL AS STRING)',
    });
  }
  if (ast.name === 'JSON_ARRAY') {
    return callOf(JSON_ARRAY, [symbol(ast.onNull ?? 'ABSENT'), ...values], ast.span);
  }
  const fields = ast.keys.flatMap((key, i) => [stringKey(bind(key), key), values[i]!]);
  return callOf(JSON_OBJECT, [symbol(ast.onNull ?? 'NULL'), ...fields], ast.span);
}

function stringKey(key: Rex, ast: Expression): Rex {
  if (!isCharacter(key.type)) {
    throw new ValidationError(`Keys of JSON_OBJECT must be character strings, not ${familyName(key.type)}`, {
      span: ast.span,
    });
  }
  return key;
}
