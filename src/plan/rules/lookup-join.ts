// Lookup joins: which equalities the table is asked by, and what is left for after the lookup.
import type { LookupTableSource } from '../../connector/lookup.ts';
import { TableError } from '../../types/errors.ts';
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import { summaryString } from '../../types/schema.ts';
import { placed } from '../bind/errors.ts';
import { castTo } from '../cast.ts';
import { physicalColumns, physicalSchema } from '../catalog/table.ts';
import { calc, type JoinRel, type LookupJoinRel, namesOf, type Rel, type TableUse } from '../logical.ts';
import type { LookupKey } from '../nodes.ts';
import type { Rex } from '../rex.ts';
import {
  conjunction,
  conjuncts,
  identityOf,
  inputRef,
  inputsOfRex,
  mapInputs,
  sameBaseType,
  sameRex,
  shiftInputs,
  uniqueNames,
} from '../rex-util.ts';
import { bottomUp } from './rewrite.ts';

/** @param lookupSource asks the table's factory for its lookup source */
export function toLookupJoins(rel: Rel, lookupSource: (use: TableUse) => LookupTableSource): Rel {
  return bottomUp(rel, (node) => (node.kind === 'join' ? lookupJoin(node, lookupSource) : node));
}

function lookupJoin(join: JoinRel, lookupSource: (use: TableUse) => LookupTableSource): Rel {
  if (join.period === null) {
    const word = { INNER: 'regular join', LEFT: 'regular LEFT join', RIGHT: 'RIGHT join', FULL: 'FULL join' };
    throw new TableError(`A ${word[join.joinType]} of two streams is not supported.`, {
      span: join.span,
      hint: 'A dimension table is joined with FOR SYSTEM_TIME AS OF a processing time column of the stream.',
    });
  }
  if (join.joinType !== 'INNER' && join.joinType !== 'LEFT') {
    throw new TableError(`Unknown join type ${join.joinType}`, {
      span: join.span,
      hint: `Temporal table join currently only support INNER JOIN and LEFT JOIN, but was ${join.joinType} JOIN.`,
    });
  }
  const dimension = dimensionOf(join);
  const source = lookupSource(dimension.use);
  return new LookupJoinRule(join, join.joinType, dimension, source).apply();
}

interface Dimension {
  readonly use: TableUse;
  /** Columns of the right side over the physical columns; null: they are the physical columns. */
  readonly projections: readonly Rex[] | null;
}

function dimensionOf(join: JoinRel): Dimension {
  const { right } = join;
  if (right.kind === 'scan') return { use: right.use, projections: null };
  if (right.kind === 'calc' && right.condition === null && right.input.kind === 'scan') {
    return { use: right.input.use, projections: right.projections };
  }
  throw new TableError('FOR SYSTEM_TIME AS OF takes a table, not a view with a query of its own.', {
    span: join.span,
  });
}

class LookupJoinRule {
  readonly #join: JoinRel;
  readonly #joinType: 'INNER' | 'LEFT';
  readonly #dimension: Dimension;
  readonly #source: LookupTableSource;
  /** Number of the stream's columns. */
  readonly #width: number;
  /** Expressions on the stream's side that a key needs, behind its columns. */
  readonly #computed: Rex[] = [];

  constructor(join: JoinRel, joinType: 'INNER' | 'LEFT', dimension: Dimension, source: LookupTableSource) {
    this.#join = join;
    this.#joinType = joinType;
    this.#dimension = dimension;
    this.#source = source;
    this.#width = join.left.schema.fields.length;
    this.#checkColumns();
  }

  #checkColumns(): void {
    const { table } = this.#dimension.use;
    const other = table.columns.find(
      (c) => c.kind === 'metadata' || (c.kind === 'computed' && this.#joinType === 'LEFT'),
    );
    if (other === undefined) return;
    const what = other.kind === 'metadata' ? 'METADATA' : 'a computed';
    throw new TableError(
      `Column '${other.name}' of '${summaryString(table.identifier)}' is ${what} column: a ${this.#joinType === 'LEFT' ? 'LEFT ' : ''}lookup join does not support it.`,
      { span: this.#join.span },
    );
  }

  apply(): Rel {
    const conditions = this.#overPhysical(conjuncts(this.#join.condition));
    const offered = this.#offers(conditions);
    const columns = [...new Set(offered.map((o) => o.column))].sort((a, b) => a - b);
    if (columns.length === 0) throw this.#noEquality();
    const used = placed(this.#join.span, () => this.#source.resolveKeys(columns));
    const keys = used.map((column) => offered.find((o) => o.column === column)!);
    const rest = conditions.filter((c) => !keys.some((k) => k.condition === c));
    const bound = keys.map((k): LookupKey => ({ column: k.column, value: this.#keyValue(k.value) }));
    return this.#build(bound, rest);
  }

  #noEquality(): TableError {
    const { table } = this.#dimension.use;
    return new TableError(
      `Temporal table join requires an equality condition on fields of table [${summaryString(table.identifier)}].`,
      { span: this.#join.span },
    );
  }

  /** Conditions over the stream's columns and the table's physical ones. */
  #overPhysical(conditions: readonly Rex[]): Rex[] {
    const { projections } = this.#dimension;
    if (projections === null) return [...conditions];
    const moved = projections.map((p) => shiftInputs(p, (i) => i + this.#width));
    return conditions.map((c) =>
      mapInputs(c, (ref) => (ref.index < this.#width ? ref : moved[ref.index - this.#width]!)),
    );
  }

  /** Equalities of a physical column with something that the stream (or a constant) gives. */
  #offers(conditions: readonly Rex[]): { column: number; value: Rex; condition: Rex }[] {
    return conditions.flatMap((condition) => {
      if (condition.kind !== 'call' || condition.fn.name !== '=') return [];
      const [a, b] = condition.operands;
      for (const [column, value] of [
        [a!, b!],
        [b!, a!],
      ] as const) {
        const index = this.#physicalColumn(column);
        if (index === null || ![...inputsOfRex(value)].every((i) => i < this.#width)) continue;
        return [{ column: index, value, condition }];
      }
      return [];
    });
  }

  #physicalColumn(rex: Rex): number | null {
    return rex.kind === 'input' && rex.index >= this.#width ? rex.index - this.#width : null;
  }

  /** A column of the stream or a constant: other expressions are computed below the join. */
  #keyValue(value: Rex): LookupKey['value'] {
    if (value.kind === 'literal' || value.kind === 'input') return value;
    const known = this.#computed.findIndex((c) => sameRex(c, value));
    const at = known >= 0 ? known : this.#computed.push(value) - 1;
    return inputRef(this.#width + at, value.type);
  }

  #build(keys: readonly LookupKey[], rest: readonly Rex[]): Rel {
    const left = this.#leftWithKeys();
    const added = this.#computed.length;
    const move = (i: number) => (i < this.#width ? i : i + added);
    const pads = this.#joinType === 'LEFT';
    const { use, projections } = this.#dimension;
    const physical = physicalSchema(use.table).fields.map((f) => ({
      name: f.name,
      type: pads ? withNullable(f.type, true) : f.type,
    }));
    const fields = [...left.schema.fields, ...physical];
    const names = uniqueNames(fields.map((f) => f.name));
    const join: LookupJoinRel = {
      kind: 'lookupJoin',
      left,
      use,
      source: this.#source,
      joinType: this.#joinType,
      keys,
      condition: conjunction(rest.map((c) => shiftInputs(c, move))),
      hint: this.#join.hint,
      schema: { fields: fields.map((f, i) => ({ name: names[i]!, type: f.type })) },
    };
    return this.#withSchema(join, projections, move);
  }

  #leftWithKeys(): Rel {
    const { left } = this.#join;
    if (this.#computed.length === 0) return left;
    const names = uniqueNames([...namesOf(left), ...this.#computed.map((_, i) => `$key${i}`)]);
    return calc(left, [...identityOf(left.schema.fields), ...this.#computed], null, names);
  }

  /** The join's columns as they were: without the computed keys, with the table's computed columns. */
  #withSchema(join: LookupJoinRel, projections: readonly Rex[] | null, move: (index: number) => number): Rel {
    const names = namesOf(this.#join);
    if (this.#computed.length === 0 && projections === null) return { ...join, schema: this.#join.schema };
    const { fields } = join.schema;
    const ref = (i: number) => inputRef(i, fields[i]!.type);
    const right =
      projections === null
        ? physicalColumns(this.#dimension.use.table).map((_, i) => ref(move(this.#width + i)))
        : projections.map((p) => mapInputs(p, (r) => ref(move(this.#width + r.index))));
    const left = Array.from({ length: this.#width }, (_, i) => ref(i));
    const out = [...left, ...right].map((rex, i) => keepType(rex, this.#join.schema.fields[i]!.type));
    return calc(join, out, null, names);
  }
}

function keepType(rex: Rex, type: LogicalType): Rex {
  return sameBaseType(rex.type, type) ? rex : castTo(rex, type, { implicit: true });
}
