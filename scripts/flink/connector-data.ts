// The data file of the jar (flink/src/main/resources/io/drey/flink/connector.json): what a client without Node.js has to know of
// the connector. It is read off the declarations: a bound is found by asking an option's own check, and its message is what the
// check says.

import type { FactoryContext } from '../../src/connector/factory.ts';
import type { LookupTableSource } from '../../src/connector/lookup.ts';
import { HOST_SUBSTITUTES } from '../../src/connectors/redis/deployment.ts';
import { redisFactory } from '../../src/connectors/redis/factory.ts';
import { REDIS_OPTIONS } from '../../src/connectors/redis/options.ts';
import type { ConfigOption } from '../../src/options/config-option.ts';
import { type LogicalType, STRING, typeToString } from '../../src/types/logical-type.ts';
import { cellTypeOf } from '../../src/worker/cell-types.ts';
import { columnData, UNDECIDED_BY } from './column-data.ts';
import { messageOf } from './messages.ts';

interface Bound {
  readonly limit: number;
  /** `{value}` stands for the number. */
  readonly message: string;
}

interface OptionData {
  readonly key: string;
  /** `Integer`, `Long`, `Boolean`, `Duration`, `Enum`; `String` where Java checks nothing but `blank`. */
  readonly type: string;
  readonly doc: string;
  readonly default?: string;
  readonly roles?: readonly string[];
  /** Of an enum. */
  readonly values?: readonly string[];
  readonly least?: Bound;
  readonly most?: Bound;
  /** What is said about an empty text. */
  readonly blank?: string;
}

/** A type that no cell has. */
const NULL: LogicalType = { root: 'NULL', nullable: true };

const NUMBERS = ['Integer', 'Long', 'Duration'];
/** Where bounds are looked for. */
const CANDIDATES = [-1, 0, 1, 2, 65_535, 65_536];

/** JSON, a line an option and a kind of table. */
export function connectorData(): string {
  const lines = (items: readonly unknown[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  return `{
  "comment": "Made from the connector's declarations by: npx vitest run test/unit/flink -u",
  "options": [
${lines(REDIS_OPTIONS.map(describe))}
  ],
  "hostSubstitutes": ${JSON.stringify(HOST_SUBSTITUTES.map((o) => o.key))},
  "tables": [
${lines(columnData())}
  ],
  "undecidedBy": ${JSON.stringify(UNDECIDED_BY)},
  "messages": {
${Object.entries(messages())
  .map(([name, text]) => `    ${JSON.stringify(name)}: ${JSON.stringify(text)}`)
  .join(',\n')}
  }
}
`;
}

function describe(option: ConfigOption<unknown>): OptionData {
  const label = option.type.label;
  const isNumber = NUMBERS.includes(label);
  return {
    key: option.key,
    type: label.startsWith('Enum') ? 'Enum' : isNumber || label === 'Boolean' ? label : 'String',
    doc: option.doc,
    ...(option.defaultValue === undefined ? {} : { default: defaultOf(option) }),
    ...(option.roles.length === 0 ? {} : { roles: option.roles }),
    ...(label.startsWith('Enum') ? { values: label.slice('Enum ['.length, -1).split(', ') } : {}),
    ...(isNumber ? boundsOf(option) : {}),
    ...(label === 'String' ? blankOf(option) : {}),
  };
}

function defaultOf(option: ConfigOption<unknown>): string {
  return option.type.print(option.defaultValue);
}

/** Why a value is refused; null when it is not. */
function refusal(option: ConfigOption<unknown>, value: unknown): string | null {
  try {
    option.check(value);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function boundsOf(option: ConfigOption<unknown>): { least?: Bound; most?: Bound } {
  const first = CANDIDATES.findIndex((n) => refusal(option, n) === null);
  const last = CANDIDATES.findLastIndex((n) => refusal(option, n) === null);
  const bound = (limit: number, beyond: number): Bound => ({
    limit: CANDIDATES[limit]!,
    message: refusal(option, CANDIDATES[beyond]!)!.replaceAll(String(CANDIDATES[beyond]!), '{value}'),
  });
  return {
    ...(first <= 0 ? {} : { least: bound(first, first - 1) }),
    ...(last === CANDIDATES.length - 1 ? {} : { most: bound(last, last + 1) }),
  };
}

function blankOf(option: ConfigOption<unknown>): { blank?: string } {
  // A type of its own reads more than a text: the worker does that.
  const message = readsAnything(option) ? refusal(option, '') : null;
  return message === null ? {} : { blank: message };
}

function readsAnything(option: ConfigOption<unknown>): boolean {
  try {
    return option.type.parse(' {§ ') === ' {§ ';
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Messages that the planner needs before there is a worker, with names in braces. */
function messages(): Record<string, string> {
  const context: FactoryContext = {
    table: { catalog: '<c>', database: '<d>', object: '<o>' },
    schema: {
      fields: ['<key>', '<value>'].map((name) => ({ name, type: STRING })),
      primaryKey: [0],
    },
    options: new Map([
      ['connector', 'redis'],
      ['host', 'h'],
    ]),
    config: () => undefined,
    timeZone: 'UTC',
    formats: new Map(),
  };
  const fill = (text: string) =>
    text
      .replaceAll('<c>.<d>.<o>', '{table}')
      .replaceAll("'<key>'", '{primaryKey}')
      .replaceAll("'<value>'", '{given}')
      .replaceAll('<o>', '{table}');
  return {
    missingKey: fill(
      messageOf(() => (redisFactory.createSource!(context, 'lookup') as LookupTableSource).resolveKeys([1]))!,
    ),
    scan: fill(messageOf(() => redisFactory.createSource!(context, 'scan'))!),
    columnType: messageOf(() => cellTypeOf('{column}', NULL))!.replace(typeToString(NULL), '{type}'),
  };
}
