// ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) in a select list: each becomes a node that adds a column to the input.
import type { CallExpression, SortItem, WindowSpecification } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { BIGINT, type LogicalType, withNullable } from '../../types/logical-type.ts';
import { bindExpression, type Scope } from '../expression-binder.ts';
import { namesOf, project, type Rel, type RowNumberRel } from '../logical.ts';
import type { SortKey } from '../nodes.ts';
import type { Rex } from '../rex.ts';
import { identityOf, inputRef, uniqueNames } from '../rex-util.ts';
import { type BindEnv, overOrAggregate, plainScope } from './context.ts';
import { unsupported } from './errors.ts';
import type { BoundFrom } from './from.ts';

const NUMBER = withNullable(BIGINT, false);

export class WindowBinder {
  readonly #plain: Scope;
  /** The FROM with a column for each window; columns only come behind those that are there. */
  #rel: Rel;

  constructor(from: BoundFrom, env: BindEnv) {
    this.#plain = plainScope(from.columns, env, 'SELECT');
    this.#rel = from.rel;
  }

  /** For expressions of the select list. */
  scope(): Scope {
    return { ...this.#plain, bindAggregate: (call) => this.#call(call) };
  }

  rel(): Rel {
    return this.#rel;
  }

  #call(call: Parameters<NonNullable<Scope['bindAggregate']>>[0]): Rex {
    if (call.kind !== 'call' || call.over === undefined || !isRowNumber(call)) {
      throw overOrAggregate(call, 'An aggregate in SELECT');
    }
    if (call.args.length > 0) {
      throw new ValidationError(
        "Invalid number of arguments to function 'ROW_NUMBER'. Was expecting 0 arguments",
        { span: call.span },
      );
    }
    return this.#rowNumber(call, call.over);
  }

  #rowNumber(call: CallExpression, window: WindowSpecification): Rex {
    const { reference, frame, partitionBy, orderBy, span } = window;
    if (reference !== undefined) throw unsupported('A window by name is', reference.span);
    if (frame !== undefined) {
      throw new ValidationError('ROW/RANGE not allowed with RANK, DENSE_RANK or ROW_NUMBER functions', {
        span: frame.span,
      });
    }
    if (orderBy.length === 0) {
      throw new TableError(
        'Over Agg: The window rank function without order by. please re-check the over window statement.',
        { span },
      );
    }
    const keys = partitionBy.map((e) => bindExpression(e, this.#plain));
    const sorts = orderBy.map((item) => ({ item, rex: bindExpression(item.expression, this.#plain) }));
    const columns = this.#columnsOf([...keys, ...sorts.map((s) => s.rex)]);
    const order = orderOf(
      sorts.map(({ item, rex }, i) => ({ item, type: rex.type, column: columns[keys.length + i]! })),
    );
    const input = this.#rel;
    const names = uniqueNames([...namesOf(input), 'w0$o0']);
    const node: RowNumberRel = {
      kind: 'rowNumber',
      input,
      partition: columns.slice(0, keys.length),
      ...order,
      span: call.span,
      schema: { fields: [...input.schema.fields, { name: names.at(-1)!, type: NUMBER }] },
    };
    this.#rel = node;
    return inputRef(input.schema.fields.length, NUMBER);
  }

  /** Where the values stand in the input: those that are no columns are added. */
  #columnsOf(values: readonly Rex[]): number[] {
    const computed = values.filter((v) => v.kind !== 'input');
    const width = this.#rel.schema.fields.length;
    if (computed.length > 0) {
      const names = uniqueNames([...namesOf(this.#rel), ...computed.map((_, i) => `$${width + i}`)]);
      this.#rel = project(this.#rel, [...identityOf(this.#rel.schema.fields), ...computed], names);
    }
    return values.map((v) => (v.kind === 'input' ? v.index : width + computed.indexOf(v)));
  }
}

function isRowNumber(call: CallExpression): boolean {
  return call.name.parts.length === 1 && call.name.parts[0]!.value.toUpperCase() === 'ROW_NUMBER';
}

/** Processing time is the order of arrival, which leaves nothing to the keys behind it. NULLs are low. */
function orderOf(
  sorts: readonly { readonly item: SortItem; readonly type: LogicalType; readonly column: number }[],
): Pick<RowNumberRel, 'order' | 'newestFirst' | 'times'> {
  const time = sorts.findIndex(({ type }) => type.root === 'TIMESTAMP_LTZ' && type.kind === 'PROCTIME');
  const columns = time < 0 ? sorts : sorts.slice(0, time);
  const order = columns.map(
    ({ item, column }): SortKey => ({
      column,
      descending: item.descending,
      nullsFirst: item.nulls === undefined ? !item.descending : item.nulls === 'FIRST',
    }),
  );
  if (time < 0) return { order, newestFirst: false, times: [] };
  return { order, newestFirst: sorts[time]!.item.descending, times: [sorts[time]!.column] };
}
