// One line for each physical node, in Flink's words: EXPLAIN prints it, and errors name nodes by it.
import { rowKindName } from '../../types/row.ts';
import { type ObjectIdentifier, type Schema, summaryString } from '../../types/schema.ts';
import type { AggregateCall } from '../aggregate-call.ts';
import type {
  ConstraintEnforcer,
  ExchangeNode,
  LookupJoinNode,
  PhysicalNode,
  RankNode,
  RankOrder,
  RootNode,
  SinkNode,
  TableSourceScan,
  ValuesNode,
} from '../nodes.ts';
import { printRex } from '../print-rex.ts';
import type { Rex } from '../rex.ts';
import { literal } from '../rex-util.ts';
import { recordType, tuplesText } from './values.ts';

/** What is printed besides: the physical plan shows types of VALUES, the execution plan does not. */
export interface DescribeOptions {
  readonly withTypes?: boolean;
}

/** `Calc(select=[a, b], where=[(a = 1)])`; a CollectNode has no line of its own. */
export function describeNode(node: PhysicalNode | RootNode, options: DescribeOptions = {}): string {
  switch (node.kind) {
    case 'scan':
      return line('TableSourceScan', scanItems(node));
    case 'values':
      return line('Values', valuesItems(node, options));
    case 'calc':
      return line('Calc', [
        ['select', selectText(node.projections, node.schema, node.input.schema)],
        ...(node.condition === null
          ? []
          : ([['where', printRex(node.condition, names(node.input.schema))]] as Item[])),
      ]);
    case 'lookupJoin':
      return line('LookupJoin', lookupItems(node));
    case 'union':
      return line('Union', [
        ['all', 'true'],
        ['union', names(node.schema).join(', ')],
      ]);
    case 'changelogNormalize':
      return line('ChangelogNormalize', [['key', columns(node.key, node.schema)]]);
    case 'dropUpdateBefore':
      return 'DropUpdateBefore';
    case 'groupAggregate': {
      const input = names(node.input.schema);
      const insertOnly = node.input.changelogMode.kinds.size === 1;
      const keys = node.grouping.map((i) => input[i]!);
      const calls = node.aggregates.map((a) => callText(a, input, insertOnly));
      return line('GroupAggregate', [
        ...(keys.length === 0 ? [] : ([['groupBy', keys.join(', ')]] as Item[])),
        ['select', [...keys, ...calls].join(', ')],
      ]);
    }
    case 'deduplicate':
      return line('Deduplicate', [
        ['keep', node.keep === 'first' ? 'FirstRow' : 'LastRow'],
        ['key', columns(node.key, node.schema)],
        ['order', 'PROCTIME'],
      ]);
    case 'rank':
      return line('Rank', rankItems(node));
    case 'exchange':
      return line('Exchange', [['distribution', distributionText(node)]]);
    case 'limit':
      return line('Limit', [
        ...(node.offset === 0 ? [] : ([['offset', String(node.offset)]] as Item[])),
        ...(node.fetch === null ? [] : ([['fetch', String(node.fetch)]] as Item[])),
      ]);
    case 'sink':
      return line('Sink', sinkItems(node));
    case 'collect':
      return describeNode(node.input, options);
  }
}

type Item = [name: string, value: string];

function line(name: string, items: readonly Item[]): string {
  return `${name}(${items.map(([k, v]) => (k === '' ? v : `${k}=[${v}]`)).join(', ')})`;
}

function names(schema: Schema): string[] {
  return schema.fields.map((f) => f.name);
}

function columns(indexes: readonly number[], schema: Schema): string {
  return indexes.map((i) => schema.fields[i]!.name).join(', ');
}

function path(id: ObjectIdentifier): string {
  return `${id.catalog}, ${id.database}, ${id.object}`;
}

function scanItems(node: TableSourceScan): Item[] {
  const { physical, metadata } = node.projection;
  const fields = names(node.schema);
  const keys = metadata.map((m) => m.key);
  const pushed =
    node.readsAll === true
      ? ''
      : `, project=[${fields.slice(0, physical.length).join(', ')}], metadata=[${keys.join(', ')}]`;
  return [
    ['table', `[${path(node.table)}${pushed}]`],
    ['fields', fields.join(', ')],
  ];
}

function valuesItems(node: ValuesNode, { withTypes = false }: DescribeOptions): Item[] {
  const { fields } = node.schema;
  const tuples = tuplesText(node.tuples.map((t) => t.map((v, i) => literal(v, fields[i]!.type))));
  return [...(withTypes ? ([['type', recordType(fields)]] as Item[]) : []), ['tuples', tuples]];
}

function selectText(projections: readonly Rex[], out: Schema, input: Schema): string {
  const inputNames = names(input);
  return projections
    .map((p, i) => {
      const text = printRex(p, inputNames);
      const name = out.fields[i]!.name;
      return text === name ? name : `${text} AS ${name}`;
    })
    .join(', ');
}

function callText(call: AggregateCall, input: readonly string[], insertOnly: boolean): string {
  const name = insertOnly ? call.fn.name : `${call.fn.name}_RETRACT`;
  const args = call.args.length === 0 ? '*' : call.args.map((i) => input[i]!).join(', ');
  const filter = call.filter === null ? '' : ` FILTER ${input[call.filter]!}`;
  return `${name}(${call.distinct ? 'DISTINCT ' : ''}${args})${filter} AS ${call.name}`;
}

function distributionText({ distribution, input }: ExchangeNode): string {
  return distribution.kind === 'hash'
    ? `hash[${columns(distribution.keys, input.schema)}]`
    : distribution.kind;
}

function rankItems(node: RankNode): Item[] {
  const input = names(node.input.schema);
  const insertOnly = node.input.changelogMode.kinds.size === 1;
  return [
    ['strategy', insertOnly ? 'AppendFastStrategy' : 'RetractStrategy'],
    ['rankType', 'ROW_NUMBER'],
    ['rankRange', `rankStart=${node.start}, rankEnd=${node.end}`],
    ...(node.partition.length === 0
      ? []
      : ([['partitionBy', columns(node.partition, node.input.schema)]] as Item[])),
    ['orderBy', orderText(node, input)],
    ['select', names(node.schema).join(', ')],
  ];
}

/** `v DESC, PROCTIME ASC`; nulls are low unless said otherwise. */
function orderText({ order, newestFirst }: RankOrder, names: readonly string[]): string {
  const keys = order.map(({ column, descending, nullsFirst }) => {
    const nulls = nullsFirst === descending ? ` NULLS ${nullsFirst ? 'FIRST' : 'LAST'}` : '';
    return `${names[column]!} ${descending ? 'DESC' : 'ASC'}${nulls}`;
  });
  if (order.length === 0 || newestFirst) keys.push(`PROCTIME ${newestFirst ? 'DESC' : 'ASC'}`);
  return keys.join(', ');
}

function lookupItems(node: LookupJoinNode): Item[] {
  const left = names(node.input.schema);
  const dimension = names(node.dimension);
  const items: Item[] = [
    ['table', summaryString(node.table)],
    ['joinType', node.joinType === 'INNER' ? 'InnerJoin' : 'LeftOuterJoin'],
    ['lookup', node.keys.map((k) => `${dimension[k.column]!}=${printRex(k.value, left)}`).join(', ')],
  ];
  if (node.condition !== null) {
    items.push(['joinCondition', printRex(node.condition, names(node.schema))]);
  }
  items.push(['select', names(node.schema).join(', ')]);
  if (node.async !== null) {
    const mode = node.async.outputMode === 'ORDERED' ? 'ORDERED' : 'UNORDERED';
    items.push(['async', `${mode}, ${node.async.timeoutMs}ms, ${node.async.capacity}`]);
  }
  if (node.retry !== null) {
    items.push([
      'retry',
      `lookup_miss, FIXED_DELAY, ${node.retry.fixedDelayMs}ms, ${node.retry.maxAttempts}`,
    ]);
  }
  return [...items, ...node.source.explain.map((text): Item => ['', text])];
}

function sinkItems(node: SinkNode): Item[] {
  const { targetColumns } = node.target;
  return [
    ['table', summaryString(node.table)],
    ...(targetColumns === null
      ? []
      : ([['targetColumns', targetColumns.map((i) => `[${i}]`).join(',')]] as Item[])),
    ['fields', names(node.schema).join(', ')],
    ...(node.upsertMaterialize === null ? [] : ([['upsertMaterialize', 'true']] as Item[])),
    ...node.sink.explain.map((text): Item => ['', text]),
  ];
}

/** `I,UB,UA,D` */
export function changelogText(node: PhysicalNode | RootNode): string {
  if (node.kind === 'sink') return 'NONE';
  const short = { INSERT: 'I', UPDATE_BEFORE: 'UB', UPDATE_AFTER: 'UA', DELETE: 'D' } as Record<
    string,
    string
  >;
  return [...node.changelogMode.kinds].map((k) => short[rowKindName(k)]!).join(',');
}

/** `NotNullEnforcer(fields=[k])`, or null when nothing is checked. */
export function describeEnforcer(enforcer: ConstraintEnforcer): string | null {
  const parts: string[] = [];
  if (enforcer.notNull.length > 0) {
    parts.push(`NotNullEnforcer(fields=[${enforcer.notNull.map((c) => c.name).join(', ')}])`);
  }
  if (enforcer.lengths.length > 0 && enforcer.onLength !== 'IGNORE') {
    parts.push(`LengthEnforcer(fields=[${enforcer.lengths.map((c) => c.name).join(', ')}])`);
  }
  return parts.length === 0 ? null : `ConstraintEnforcer[${parts.join(', ')}]`;
}
