// Expressions and types as SQL text, with the parentheses that are needed and no others.
import { type LogicalType, MAX_LENGTH } from '../types/logical-type.ts';
import type {
  CallExpression,
  Expression,
  FrameBound,
  IntervalLiteral,
  JsonBehavior,
  JsonConstructorExpression,
  JsonPathExpression,
  Name,
  Query,
  SortItem,
  TableArgument,
  WindowSpecification,
} from './ast.ts';
import { BINDING } from './binding.ts';
import { isNiladic, isReserved, isReservedFunction, isSpecialCall } from './keywords.ts';

/** `` `a` ``, backticks doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `'a'`, single quotes doubled. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function printNames(names: readonly Name[], separator = ', '): string {
  return names.map((name) => quoteName(name.value)).join(separator);
}

const PLAIN_WORD = /^[\p{L}_$][\p{L}\p{N}\p{M}_$]*$/u;
const BINARY_POWER: Readonly<Record<string, number>> = {
  OR: BINDING.OR,
  AND: BINDING.AND,
  OVERLAPS: BINDING.SPECIAL,
  '+': BINDING.ADDITIVE,
  '-': BINDING.ADDITIVE,
  '*': BINDING.MULTIPLICATIVE,
  '/': BINDING.MULTIPLICATIVE,
  '%': BINDING.MULTIPLICATIVE,
  '||': BINDING.MULTIPLICATIVE,
};

export abstract class ExpressionPrinter {
  abstract query(query: Query): string;

  expression(e: Expression): string {
    switch (e.kind) {
      case 'string':
        return quoteString(e.value);
      case 'number':
        return e.text;
      case 'boolean':
        return e.value === null ? 'UNKNOWN' : e.value ? 'TRUE' : 'FALSE';
      case 'null':
        return 'NULL';
      case 'bytes':
        return `X'${e.hex}'`;
      case 'datetime':
        return `${e.type} ${quoteString(e.text)}`;
      case 'interval':
        return interval(e);
      case 'column':
        return printNames(e.parts, '.');
      case 'star':
        return [...e.qualifier.map((name) => quoteName(name.value)), '*'].join('.');
      case 'symbol':
        return e.value;
      case 'case':
        return this.caseExpression(e);
      case 'cast':
        return `${e.safe ? 'TRY_CAST' : 'CAST'}(${this.expression(e.operand)} AS ${printType(e.type.type)})`;
      case 'call':
        return this.call(e);
      case 'row':
        return `${e.explicit ? 'ROW' : ''}(${this.expressions(e.items)})`;
      case 'array':
      case 'map':
        return `${e.kind.toUpperCase()}[${this.expressions(e.items)}]`;
      case 'subquery':
        return `(${this.query(e.query)})`;
      case 'exists':
        return `EXISTS (${this.query(e.query)})`;
      case 'namedArgument':
        return `${quoteName(e.name.value)} => ${this.expression(e.value)}`;
      case 'descriptor':
        return `DESCRIPTOR(${printNames(e.columns)})`;
      case 'tableArgument':
        return this.tableArgument(e);
      case 'jsonPath':
        return this.jsonPath(e);
      case 'jsonConstructor':
        return this.jsonConstructor(e);
      default:
        return this.operator(e);
    }
  }

  expressions(list: readonly Expression[]): string {
    return list.map((e) => this.expression(e)).join(', ');
  }

  /** In parentheses when its operator binds less tightly than `minimum`. */
  private operand(e: Expression, minimum: number): string {
    return power(e) < minimum ? `(${this.expression(e)})` : this.expression(e);
  }

  private operator(
    e: Extract<Expression, { readonly operand: Expression } | { readonly kind: 'binary' }>,
  ): string {
    const not = 'negated' in e && e.negated ? 'NOT ' : '';
    switch (e.kind) {
      case 'unary':
        if (e.op === 'NOT') return `NOT ${this.operand(e.operand, BINDING.NOT)}`;
        // Never two signs in a row: -- starts a comment.
        return `${e.op}${this.operand(e.operand, BINDING.SIGN + 1)}`;
      case 'binary': {
        const own = power(e);
        return `${this.operand(e.left, own)} ${e.op} ${this.operand(e.right, own + 1)}`;
      }
      case 'is':
        return `${this.operand(e.operand, BINDING.IS)} IS ${not}${e.test}`;
      case 'like': {
        const escaped = e.escape === undefined ? '' : ` ESCAPE ${this.operand(e.escape, BINDING.ADDITIVE)}`;
        const pattern = this.operand(e.pattern, BINDING.ADDITIVE);
        return `${this.operand(e.operand, BINDING.SPECIAL)} ${not}${e.op} ${pattern}${escaped}`;
      }
      case 'between': {
        const word = e.symmetric ? 'SYMMETRIC' : 'ASYMMETRIC';
        const range = `${this.operand(e.low, BINDING.ADDITIVE)} AND ${this.operand(e.high, BINDING.ADDITIVE)}`;
        return `${this.operand(e.operand, BINDING.SPECIAL)} ${not}BETWEEN ${word} ${range}`;
      }
      case 'in':
        return `${this.operand(e.operand, BINDING.SPECIAL)} ${not}IN (${this.set(e)})`;
      case 'quantified':
        return `${this.operand(e.operand, BINDING.COMPARISON)} ${e.op} ${e.quantifier} (${this.set(e)})`;
      case 'item':
        return `${this.operand(e.operand, BINDING.POSTFIX)}[${this.expression(e.index)}]`;
      case 'field': {
        // (a).b is a field of column a, a.b may be a column of table a; 0.b is a number.
        const inner =
          e.operand.kind === 'column' || e.operand.kind === 'number'
            ? `(${this.expression(e.operand)})`
            : undefined;
        return `${inner ?? this.operand(e.operand, BINDING.POSTFIX)}.${quoteName(e.name.value)}`;
      }
      default:
        throw new Error(`not an operator: ${e.kind}`);
    }
  }

  private set(e: {
    readonly list: readonly Expression[] | undefined;
    readonly query: Query | undefined;
  }): string {
    return e.query === undefined ? this.expressions(e.list ?? []) : this.query(e.query);
  }

  private caseExpression(e: Extract<Expression, { readonly kind: 'case' }>): string {
    const parts = ['CASE'];
    if (e.operand !== undefined) parts.push(this.expression(e.operand));
    for (const when of e.whens) {
      parts.push(`WHEN ${this.expression(when.condition)} THEN ${this.expression(when.result)}`);
    }
    if (e.otherwise !== undefined) parts.push(`ELSE ${this.expression(e.otherwise)}`);
    return [...parts, 'END'].join(' ');
  }

  // ----------------------------------------------------------------------------------------------------------- calls

  call(e: CallExpression): string {
    const [first, second] = e.name.parts;
    const word = second === undefined && first !== undefined ? first.value : undefined;
    if (e.niladic && word !== undefined) return word;
    const special = word === undefined ? undefined : this.specialCall(word, e.args);
    if (special !== undefined) return special;
    const parts = [`${functionName(e)}(${e.distinct ? 'DISTINCT ' : ''}${this.expressions(e.args)})`];
    if (e.nullTreatment !== undefined) parts.push(e.nullTreatment);
    if (e.withinGroup !== undefined) parts.push(`WITHIN GROUP (ORDER BY ${this.sortItems(e.withinGroup)})`);
    if (e.filter !== undefined) parts.push(`FILTER (WHERE ${this.expression(e.filter)})`);
    if (e.over !== undefined) parts.push(`OVER ${this.window(e.over)}`);
    return parts.join(' ');
  }

  /** A call in its own syntax when the arguments have the shape for it. */
  private specialCall(name: string, args: readonly Expression[]): string | undefined {
    const texts = args.map((arg) => this.expression(arg));
    const [a, b, c, d] = texts;
    const symbolFirst = args[0]?.kind === 'symbol';
    const count = args.length;
    switch (name.toUpperCase()) {
      case 'EXTRACT':
        return symbolFirst && count === 2 ? `${name}(${a} FROM ${b})` : undefined;
      case 'CEIL':
      case 'CEILING':
      case 'FLOOR':
        if (count === 1) return `${name}(${a})`;
        // An interval would take the TO for its own.
        if (count !== 2 || args[1]?.kind !== 'symbol') return undefined;
        return `${name}(${args[0]?.kind === 'interval' ? `(${a})` : this.operand(args[0]!, BINDING.POSTFIX)} TO ${b})`;
      case 'POSITION': {
        if (count !== 2 && count !== 3) return undefined;
        const needle = this.operand(args[0]!, BINDING.ADDITIVE);
        return `${name}(${needle} IN ${b}${c === undefined ? '' : ` FROM ${c}`})`;
      }
      case 'SUBSTRING':
        return count === 2 || count === 3 ? `${name}(${texts.join(', ')})` : undefined;
      case 'TRIM':
        return symbolFirst && count === 3 ? `${name}(${a} ${b} FROM ${c})` : undefined;
      case 'OVERLAY': {
        if (count !== 3 && count !== 4) return undefined;
        return `${name}(${a} PLACING ${b} FROM ${c}${d === undefined ? '' : ` FOR ${d}`})`;
      }
      case 'TIMESTAMPADD':
      case 'TIMESTAMPDIFF':
        return symbolFirst && count === 3 ? `${name}(${texts.join(', ')})` : undefined;
      default:
        return undefined;
    }
  }

  private tableArgument(e: TableArgument): string {
    const table = e.table.kind === 'query' ? `(${this.query(e.table)})` : printNames(e.table.parts, '.');
    const partition = e.partitionBy.length === 0 ? '' : ` PARTITION BY (${this.expressions(e.partitionBy)})`;
    const order = e.orderBy.length === 0 ? '' : ` ORDER BY (${this.sortItems(e.orderBy)})`;
    return `TABLE ${table}${partition}${order}`;
  }

  sortItems(items: readonly SortItem[]): string {
    return items
      .map((item) => {
        const nulls = item.nulls === undefined ? '' : ` NULLS ${item.nulls}`;
        return `${this.expression(item.expression)}${item.descending ? ' DESC' : ''}${nulls}`;
      })
      .join(', ');
  }

  window(window: WindowSpecification): string {
    const parts: string[] = [];
    if (window.reference !== undefined) parts.push(quoteName(window.reference.value));
    if (window.partitionBy.length > 0) parts.push(`PARTITION BY ${this.expressions(window.partitionBy)}`);
    if (window.orderBy.length > 0) parts.push(`ORDER BY ${this.sortItems(window.orderBy)}`);
    if (window.frame !== undefined) {
      const { unit, start, end } = window.frame;
      const from = this.frameBound(start);
      parts.push(
        end === undefined ? `${unit} ${from}` : `${unit} BETWEEN ${from} AND ${this.frameBound(end)}`,
      );
    }
    return `(${parts.join(' ')})`;
  }

  private frameBound(bound: FrameBound): string {
    // The AND of BETWEEN must not be taken for a part of the offset.
    return bound.offset === undefined
      ? bound.type
      : `${this.operand(bound.offset, BINDING.ADDITIVE)} ${bound.type}`;
  }

  private jsonPath(e: JsonPathExpression): string {
    const parts = [`${this.expression(e.input)}, ${this.expression(e.path)}`];
    if (e.returning !== undefined) parts.push(`RETURNING ${printType(e.returning.type)}`);
    if (e.wrapper === 'WITHOUT') parts.push('WITHOUT ARRAY WRAPPER');
    else if (e.wrapper !== undefined) parts.push(`WITH ${e.wrapper} ARRAY WRAPPER`);
    if (e.onEmpty !== undefined) parts.push(`${this.jsonBehavior(e.onEmpty)} ON EMPTY`);
    if (e.onError !== undefined) parts.push(`${this.jsonBehavior(e.onError)} ON ERROR`);
    return `${e.name}(${parts.join(' ')})`;
  }

  private jsonBehavior(behavior: JsonBehavior): string {
    return behavior.kind === 'DEFAULT' ? `DEFAULT ${this.expression(behavior.value)}` : behavior.kind;
  }

  private jsonConstructor(e: JsonConstructorExpression): string {
    const items = e.values.map((value, i) => {
      const key = e.keys[i];
      const text = this.expression(value);
      return key === undefined ? text : `KEY ${this.expression(key)} VALUE ${text}`;
    });
    const onNull = e.onNull === undefined ? '' : `${items.length === 0 ? '' : ' '}${e.onNull} ON NULL`;
    return `${e.name}(${items.join(', ')}${onNull})`;
  }
}

/** How tightly the outermost operator binds. */
function power(e: Expression): number {
  switch (e.kind) {
    case 'binary':
      return BINARY_POWER[e.op] ?? BINDING.COMPARISON;
    case 'unary':
      return e.op === 'NOT' ? BINDING.NOT : BINDING.SIGN;
    case 'is':
      return BINDING.IS;
    case 'quantified':
      return BINDING.COMPARISON;
    case 'like':
    case 'between':
    case 'in':
      return BINDING.SPECIAL;
    default:
      return BINDING.POSTFIX;
  }
}

function functionName(e: CallExpression): string {
  const [first, second] = e.name.parts;
  if (first !== undefined && second === undefined && PLAIN_WORD.test(first.value)) {
    const word = first.value.toUpperCase();
    const callable =
      isReservedFunction(word) || !isReserved(word) || (isNiladic(word) && e.args.length === 1 && isPlain(e));
    if (callable && !isSpecialCall(word)) return first.value;
  }
  return printNames(e.name.parts, '.');
}

/** Without anything behind the parentheses. */
function isPlain(e: CallExpression): boolean {
  return !e.distinct && (e.over ?? e.filter ?? e.withinGroup ?? e.nullTreatment) === undefined;
}

function interval(e: IntervalLiteral): string {
  const { precision, fractionalPrecision: fraction } = e;
  let from: string = e.from;
  let to = '';
  if (precision !== undefined) {
    const both = e.from === 'SECOND' && e.to === undefined && fraction !== undefined;
    from += both ? `(${precision}, ${fraction})` : `(${precision})`;
  }
  if (e.to !== undefined)
    to = ` TO ${e.to}${e.to === 'SECOND' && fraction !== undefined ? `(${fraction})` : ''}`;
  return `INTERVAL ${e.negative ? '-' : ''}${quoteString(e.text)} ${from}${to}`;
}

/** A type as the parser reads it: `STRING`, ``ROW<`a` INT NOT NULL 'comment'>``. */
export function printType(type: LogicalType): string {
  return type.nullable ? baseType(type) : `${baseType(type)} NOT NULL`;
}

function baseType(type: LogicalType): string {
  switch (type.root) {
    case 'VARCHAR':
      return type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`;
    case 'VARBINARY':
      return type.length === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.length})`;
    case 'CHAR':
    case 'BINARY':
      return `${type.root}(${type.length})`;
    case 'INTEGER':
      return 'INT';
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.root}(${type.precision})`;
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL YEAR TO MONTH';
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL DAY TO SECOND(3)';
    case 'ARRAY':
    case 'MULTISET':
      return `${type.root}<${printType(type.element)}>`;
    case 'MAP':
      return `MAP<${printType(type.key)}, ${printType(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields
        .map(
          (f) =>
            `${quoteName(f.name)} ${printType(f.type)}${f.comment === undefined ? '' : ` ${quoteString(f.comment)}`}`,
        )
        .join(', ')}>`;
    default:
      return type.root;
  }
}
