// GROUP BY, HAVING, DISTINCT and aggregate functions. The input is projected to keys and arguments, aggregated, and the
// select list bound over keys and results.
import type {
  CallExpression,
  Expression,
  GroupingElement,
  JsonConstructorExpression,
  Select,
} from '../../sql/ast.ts';
import { ValidationError } from '../../types/errors.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Field } from '../../types/schema.ts';
import type { AggregateCall, AggregateFunction } from '../aggregate-call.ts';
import { AGGREGATES } from '../aggregates/built-in.ts';
import { bindExpression, type Scope } from '../expression-binder.ts';
import { type AggregateRel, project, type Rel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { inputRef, sameRex, uniqueNames } from '../rex-util.ts';
import { type BindEnv, overOrAggregate, plainScope, refuseSubquery } from './context.ts';
import { didYouMean, unsupported } from './errors.ts';
import type { BoundFrom } from './from.ts';
import { resolveColumn } from './scope.ts';
import type { OutputItem } from './select.ts';

/** Every row once: GROUP BY all columns. */
export function distinctOf(rel: Rel): AggregateRel {
  const grouping = rel.schema.fields.map((_, i) => i);
  return { kind: 'aggregate', input: rel, grouping, calls: [], schema: rel.schema };
}

/** A call of an aggregate over columns of the aggregation's input. */
export function callOf(
  name: string,
  args: readonly number[],
  argTypes: readonly LogicalType[],
  rest: { distinct?: boolean; filter?: number | null; name: string; global?: boolean },
): AggregateCall {
  const fn = AGGREGATES.get(name);
  if (fn === undefined) throw new Error(`There is no aggregate ${name}.`);
  return newCall(fn, args, argTypes, rest);
}

function newCall(
  fn: AggregateFunction,
  args: readonly number[],
  argTypes: readonly LogicalType[],
  rest: { distinct?: boolean; filter?: number | null; name: string; global?: boolean },
): AggregateCall {
  const filter = rest.filter ?? null;
  // Without a group (or with none of its rows) there is nothing to sum up.
  const result = fn.resultType(argTypes, rest.global !== true && filter === null);
  return {
    fn,
    args,
    argTypes,
    distinct: rest.distinct ?? false,
    filter,
    type: result,
    name: rest.name,
  };
}

/** Whether an aggregate is called in it (not in a sub-query of it, not over a window). */
export function containsAggregate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(containsAggregate);
  const { kind } = node as { kind?: string };
  if (kind === 'query') return false;
  if (kind === 'call') {
    const call = node as CallExpression;
    if (call.over === undefined && isAggregateName(nameOf(call))) return true;
  }
  if (kind === 'jsonConstructor' && (node as JsonConstructorExpression).name.endsWith('AGG')) return true;
  return Object.values(node).some(containsAggregate);
}

function nameOf(call: CallExpression): string {
  return call.name.parts
    .map((p) => p.value)
    .join('.')
    .toUpperCase();
}

function isAggregateName(name: string): boolean {
  return AGGREGATES.get(name) !== undefined;
}

export function bindAggregation(
  select: Select,
  items: readonly OutputItem[],
  names: readonly string[],
  from: BoundFrom,
  env: BindEnv,
): Rel {
  const binder = new AggregateBinder(select, from, env);
  const projections = items.map(({ value }, i) => binder.output(value, names[i]!));
  const having = select.having === undefined ? null : binder.having(select.having);
  const aggregated = binder.rel();
  const input: Rel =
    having === null
      ? aggregated
      : { kind: 'filter', input: aggregated, condition: having, schema: aggregated.schema };
  return project(input, projections, names);
}

class AggregateBinder {
  readonly #from: BoundFrom;
  readonly #env: BindEnv;
  readonly #keys: { readonly expression: Expression; readonly rex: Rex; readonly name: string | null }[];
  /** Arguments and filters, behind the keys in the projected input. */
  readonly #arguments: Rex[] = [];
  readonly #calls: AggregateCall[] = [];
  readonly #isGlobal: boolean;
  /** The name for a call that is a whole item of the select list. */
  #itemName: string | null = null;

  constructor(select: Select, from: BoundFrom, env: BindEnv) {
    this.#from = from;
    this.#env = env;
    const elements = (select.groupBy ?? []).flatMap(groupingExpressions);
    this.#isGlobal = elements.length === 0;
    const scope = plainScope(from.columns, env, 'GROUP BY');
    this.#keys = [];
    for (const expression of elements) {
      if (containsAggregate(expression)) {
        throw new ValidationError('Aggregate expression is illegal in GROUP BY clause', {
          span: expression.span,
        });
      }
      const rex = bindExpression(expression, scope);
      if (this.#keys.some((k) => sameRex(k.rex, rex))) continue;
      const name = expression.kind === 'column' ? expression.parts.at(-1)!.value : null;
      this.#keys.push({ expression, rex, name });
    }
  }

  output(value: OutputItem['value'], name: string): Rex {
    if ('rex' in value) return this.#keyOf(value.rex, value.rex);
    this.#itemName = value.expression.kind === 'call' ? name : null;
    return bindExpression(value.expression, this.#scope());
  }

  having(expression: Expression): Rex {
    this.#itemName = null;
    const rex = bindExpression(expression, this.#scope());
    if (rex.type.root !== 'BOOLEAN') {
      throw new ValidationError('HAVING clause must be a condition', { span: expression.span });
    }
    return rex;
  }

  /** Keys and results. */
  rel(): AggregateRel {
    const keyNames = this.#keys.map((k, i) => k.name ?? `$f${i}`);
    const inputNames = uniqueNames([
      ...keyNames,
      ...this.#arguments.map((a, i) => this.#argumentName(a) ?? `$f${this.#keys.length + i}`),
    ]);
    const input = this.#isNoProjection()
      ? this.#from.rel
      : project(this.#from.rel, [...this.#keys.map((k) => k.rex), ...this.#arguments], inputNames);
    const names = uniqueNames([
      ...this.#keys.map((_, i) => inputNames[i]!),
      ...this.#calls.map((c) => c.name),
    ]);
    const types = [...this.#keys.map((k) => k.rex.type), ...this.#calls.map((c) => c.type)];
    const fields: Field[] = names.map((name, i) => ({ name, type: types[i]! }));
    const calls = this.#calls.map((call, i) => ({ ...call, name: names[this.#keys.length + i]! }));
    return { kind: 'aggregate', input, grouping: this.#keys.map((_, i) => i), calls, schema: { fields } };
  }

  #argumentName(rex: Rex): string | null {
    return rex.kind === 'input' ? this.#from.rel.schema.fields[rex.index]!.name : null;
  }

  /** COUNT(*) alone: nothing to project, so the rows go in as they are. */
  #isNoProjection(): boolean {
    return this.#keys.length + this.#arguments.length === 0;
  }

  #scope(): Scope {
    const { functions } = this.#env.context;
    return {
      functions,
      replace: (expression) => this.#replace(expression),
      resolveColumn: (parts, span) => {
        const match = resolveColumn(this.#from.columns, parts, span);
        const at = this.#keys.findIndex((k) => sameRex(k.rex, match.rex));
        if (at >= 0) return { ...match, rex: inputRef(at, match.rex.type) };
        const text = parts.map((p) => p.value).join('.');
        throw new ValidationError(`Expression '${text}' is not being grouped`, { span });
      },
      isAggregate: isAggregateName,
      bindAggregate: (call) => this.#aggregate(call),
      bindSubquery: refuseSubquery,
    };
  }

  /** A key of GROUP BY that is more than a column's name. */
  #replace(expression: Expression): Rex | undefined {
    if (expression.kind === 'column') return undefined;
    const candidates = this.#keys.flatMap((k, i) =>
      k.expression.kind === expression.kind ? [{ ...k, i }] : [],
    );
    if (candidates.length === 0 || containsAggregate(expression)) return undefined;
    const rex = bindExpression(expression, plainScope(this.#from.columns, this.#env, 'SELECT'));
    const key = candidates.find((k) => sameRex(k.rex, rex));
    return key === undefined ? undefined : inputRef(key.i, rex.type);
  }

  #keyOf(rex: Rex, wanted: Rex): Rex {
    const at = this.#keys.findIndex((k) => sameRex(k.rex, wanted));
    if (at >= 0) return inputRef(at, rex.type);
    const name = wanted.kind === 'input' ? this.#from.rel.schema.fields[wanted.index]!.name : '*';
    throw new ValidationError(`Expression '${name}' is not being grouped`);
  }

  #aggregate(call: CallExpression | JsonConstructorExpression): Rex {
    if (call.kind !== 'call') throw unsupported(`${call.name} is`, call.span);
    if (call.over !== undefined) throw overOrAggregate(call, '');
    const name = nameOf(call);
    const fn = AGGREGATES.get(name);
    if (fn === undefined) {
      throw new ValidationError(`No match found for function signature ${name}`, {
        span: call.span,
        ...didYouMean(name, AGGREGATES.keys()),
      });
    }
    if (call.withinGroup !== undefined) throw unsupported('WITHIN GROUP is', call.span);
    const itemName = this.#itemName;
    this.#itemName = null;
    const scope = plainScope(this.#from.columns, this.#env, 'the argument of an aggregate');
    const args = call.args
      .filter((a) => a.kind !== 'star')
      .map((a) => this.#argument(bindExpression(a, scope)));
    const argTypes = args.map((i) => this.#arguments[i - this.#keys.length]!.type);
    const filter = call.filter === undefined ? null : this.#argument(bindExpression(call.filter, scope));
    let bound: AggregateCall;
    try {
      bound = newCall(fn, args, argTypes, {
        distinct: call.distinct,
        filter,
        name: itemName ?? `$f${this.#keys.length + this.#calls.length}`,
        global: this.#isGlobal,
      });
    } catch (error) {
      if (error instanceof ValidationError && error.span === undefined) {
        throw new ValidationError(error.message, { span: call.span, cause: error.cause });
      }
      throw error;
    }
    return this.#result(bound);
  }

  #argument(rex: Rex): number {
    const known = this.#arguments.findIndex((a) => sameRex(a, rex));
    return this.#keys.length + (known >= 0 ? known : this.#arguments.push(rex) - 1);
  }

  #result(call: AggregateCall): Rex {
    const known = this.#calls.findIndex(
      (c) =>
        c.fn === call.fn &&
        c.distinct === call.distinct &&
        c.filter === call.filter &&
        c.args.length === call.args.length &&
        c.args.every((a, i) => a === call.args[i]),
    );
    const at = known >= 0 ? known : this.#calls.push(call) - 1;
    return inputRef(this.#keys.length + at, call.type);
  }
}

function groupingExpressions(element: GroupingElement): Expression[] {
  if (element.kind !== 'grouping') {
    return element.kind === 'row' && !element.explicit ? [...element.items] : [element];
  }
  if (element.type === 'EMPTY') return [];
  throw unsupported(`${element.type} is`, element.span);
}
