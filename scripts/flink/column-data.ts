// Column rules of the jar's data file: which columns and which primary key each kind of table takes, and what is said about
// others. They are read off the connector: it is asked about small tables, and its refusals are kept as templates.
import type { FactoryContext } from '../../src/connector/factory.ts';
import { redisFactory } from '../../src/connectors/redis/factory.ts';
import { EXPIRATION_COLUMN, KEY_TEMPLATE, VALUE_FORMAT } from '../../src/connectors/redis/options.ts';
import { BIGINT, DOUBLE, type LogicalType, STRING } from '../../src/types/logical-type.ts';
import { messageOf } from './messages.ts';

type Role = 'sink' | 'lookup';

/** A kind of table: the first one whose options fit decides. */
interface Kind {
  readonly role: Role;
  /** Values of options, '' for any. */
  readonly when: Readonly<Record<string, string>>;
}

const KINDS: readonly Kind[] = [
  { role: 'sink', when: { mode: 'HASHMAP', flattenHash: 'true' } },
  ...['STRING', 'LIST', 'SET', 'HASHMAP', 'SORTEDSET'].map(
    (mode): Kind => ({ role: 'sink', when: { mode } }),
  ),
  { role: 'lookup', when: { hashName: '' } },
  ...['LIST', 'SET', 'SORTEDSET', 'HASHMAP'].map((mode): Kind => ({ role: 'lookup', when: { mode } })),
  { role: 'lookup', when: {} },
];

/** With one of these, what a column is for depends on the option's value: the worker knows. */
export const UNDECIDED_BY = [KEY_TEMPLATE, VALUE_FORMAT, EXPIRATION_COLUMN].map((o) => o.key);

interface ColumnData {
  readonly type: 'STRING' | 'DOUBLE';
  /** What is said about another type. */
  readonly wrong: string;
}

interface KindData extends Kind {
  /** The key first, the others in the order of the table. */
  readonly columns: readonly ColumnData[];
  /** The last of `columns` may be there more than once. */
  readonly more: boolean;
  /** Index in `columns` of what may be in the primary key behind the key; null: nothing. */
  readonly second: number | null;
  /** What is said about a table without a primary key, another primary key, another number of columns. */
  readonly noKey: string;
  readonly wrongKey: string;
  readonly wrongCount: string;
}

/** A kind that no table can be of. */
interface RefusedKind extends Kind {
  readonly refused: string;
}

const NAMES = ['<0>', '<1>', '<2>', '<3>', '<4>', '<5>'];

export function columnData(): readonly (KindData | RefusedKind)[] {
  return KINDS.map((kind) => {
    const types = typesOf(kind);
    return types === null
      ? { ...kind, refused: refusal(kind, [STRING, STRING], [0])! }
      : describe(kind, types);
  });
}

/** The fewest columns that are taken. */
function typesOf(kind: Kind): readonly LogicalType[] | null {
  const candidates = [
    [STRING, STRING],
    [STRING, STRING, STRING],
    [STRING, DOUBLE, STRING],
  ];
  return candidates.find((types) => refusal(kind, types, [0]) === null) ?? null;
}

function describe(kind: Kind, types: readonly LogicalType[]): KindData {
  const wrong = types.map((_, i) => wrongType(kind, types, [0], i));
  const tooMany = refusal(kind, [...types, STRING], [0]);
  const second = secondOf(kind, types, wrong);
  return {
    ...kind,
    columns: types.map((type, i) => ({ type: type === DOUBLE ? 'DOUBLE' : 'STRING', wrong: wrong[i]! })),
    more: tooMany === null,
    second,
    noKey: refusal(kind, types, [])!.replace('<0>', '{first}'),
    wrongKey: refusal(kind, [STRING, STRING, STRING], [0, 1, 2])!.replace(
      /PRIMARY KEY \(.*?\)/,
      'PRIMARY KEY ({primaryKey})',
    ),
    wrongCount: (tooMany ?? refusal(kind, [STRING], [0])!).replace(/\d columns? \(.*?\)/, '{columns}'),
  };
}

function wrongType(kind: Kind, types: readonly LogicalType[], key: readonly number[], index: number): string {
  return refusal(kind, types.with(index, BIGINT), key)!
    .replace(NAMES[index]!, '{column}')
    .replace('BIGINT', '{type}');
}

/** Known by the message about its type, where it stands in the primary key. */
function secondOf(kind: Kind, types: readonly LogicalType[], wrong: readonly string[]): number | null {
  const last = types.length - 1;
  if (refusal(kind, types, [0, last]) !== null) return null;
  return wrong.indexOf(wrongType(kind, types, [0, last], last));
}

/** Null when such a table is taken. */
function refusal(kind: Kind, types: readonly LogicalType[], primaryKey: readonly number[]): string | null {
  const options = { connector: 'redis', host: 'h', ...kind.when };
  const context: FactoryContext = {
    table: { catalog: '<c>', database: '<d>', object: '<o>' },
    schema: { fields: types.map((type, i) => ({ name: NAMES[i]!, type })), primaryKey },
    options: new Map(Object.entries(options).map(([key, value]) => [key, value === '' ? 'x' : value])),
    config: () => undefined,
    timeZone: 'UTC',
    formats: new Map(),
  };
  const message = messageOf(() =>
    kind.role === 'sink' ? redisFactory.createSink!(context) : redisFactory.createSource!(context, 'lookup'),
  );
  return message === null ? null : message.replaceAll('<c>.<d>.<o>', '{table}');
}
