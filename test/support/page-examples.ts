// The six examples of the connector's page with messages of ours, and what has to come of them on any host.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface PageExample {
  readonly name: string;
  /** Below test/data/page-examples. */
  readonly file: string;
  readonly messages: readonly object[];
  /** What Redis holds before. */
  readonly redis: readonly (readonly string[])[];
  /** Of a sink: the whole key space. */
  readonly keys?: ReadonlyMap<string, string | Readonly<Record<string, string>>>;
  /** Of a join: every row, in order. */
  readonly rows?: readonly string[];
}

/** Unicode, escapes, empty texts; about every tenth key comes again later. */
function text(i: number): string {
  return ['plain', 'ünïcödé', '中文 😀', 'quote " back\\slash', 'line\nbreak\ttab', ''][i % 6]!;
}
const keyOf = (i: number) => `${text(i % 5)}-${i % 10 === 9 ? i - 9 : i}`;

const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i);

function stringSink(count: number): PageExample {
  const messages = numbersTo(count).map((i) => ({ user_id: keyOf(i), login_time: `${text(i)}${i}` }));
  return {
    name: 'write STRING data',
    file: 'string-sink',
    messages,
    redis: [],
    keys: new Map(messages.map((m) => [m.user_id, m.login_time])),
  };
}

function multiValueSink(count: number): PageExample {
  const messages = numbersTo(count).map((i) => ({
    order_id: keyOf(i),
    product_name: text(i),
    quantity: String(i),
    amount: `${i}.50`,
  }));
  return {
    name: 'write HASHMAP data in multi-value mode',
    file: 'hashmap-multi-value-sink',
    messages,
    redis: [],
    keys: new Map(messages.map(({ order_id, ...hash }) => [order_id, hash])),
  };
}

function singleValueSink(count: number): PageExample {
  const messages = numbersTo(count).map((i) => ({
    order_id: `order ${Math.floor(i / 4)}`,
    product_name: `${text(i)} ${i % 3}`,
    quantity: String(i),
  }));
  const keys = new Map<string, Record<string, string>>();
  for (const m of messages) keys.set(m.order_id, { ...keys.get(m.order_id), [m.product_name]: m.quantity });
  return {
    name: 'write HASHMAP data in single-value mode',
    file: 'hashmap-single-value-sink',
    messages,
    redis: [],
    keys,
  };
}

/** Every fifth user is unknown, every seventh message has no user. */
function lookup(
  name: string,
  file: string,
  count: number,
  redisOf: (users: readonly string[]) => string[][],
  row: (user: string) => string,
): PageExample {
  const messages = numbersTo(count).map((i) => ({
    user_id: i % 7 === 6 ? null : keyOf(i),
    click_time: '2026-01-02 03:04:05.120',
  }));
  const users = [...new Set(messages.flatMap((m) => m.user_id ?? []))];
  const known = new Set(users.filter((_, i) => i % 5 !== 4));
  const rows = messages.flatMap(({ user_id: user }) => (user !== null && known.has(user) ? [row(user)] : []));
  return { name, file, messages, redis: redisOf([...known]), rows };
}

export function pageExamples(count: number): PageExample[] {
  return [
    stringSink(count),
    multiValueSink(count),
    singleValueSink(count),
    lookup(
      'read STRING data',
      'string-lookup',
      count,
      (users) => users.map((u) => ['SET', u, `name of ${u}`]),
      (u) => `+I[${u}, ${u}, name of ${u}]`,
    ),
    lookup(
      'read HASHMAP data in multi-value mode',
      'hashmap-multi-value-lookup',
      count,
      (users) => users.map((u) => ['HSET', u, 'user_name', `name of ${u}`, 'email', 'e@x', 'unused', 'z']),
      (u) => `+I[${u}, name of ${u}, e@x, null, 2026-01-02T03:04:05.120]`,
    ),
    lookup(
      'read HASHMAP data in single-value mode',
      'hashname-lookup',
      count,
      (users) => users.map((u) => ['HSET', 'testkey', u, `name of ${u}`]),
      (u) => `+I[${u}, ${u}, name of ${u}]`,
    ),
  ];
}

export interface ExamplePlaces {
  readonly brokers: string;
  readonly topic: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly database: number;
  /** Of a join: the options of the table that its rows go to. */
  readonly output: string;
}

/** The page's text, verbatim but for the places. */
export function exampleSql({ file }: PageExample, places: ExamplePlaces): string {
  const page = readFileSync(path.resolve(import.meta.dirname, `../data/page-examples/${file}.sql`), 'utf8');
  return (
    page
      .replaceAll('<yourKafkaBroker>', places.brokers)
      .replaceAll('<yourHost>', places.host)
      .replaceAll('<yourPort>', String(places.port))
      .replaceAll('<yourPassword>', places.password)
      .replace(/('topic'\s*=\s*)'[^']*'/, `$1'${places.topic}'`)
      // The page uses database 0; tests share the server.
      .replace(/('connector'\s*=\s*'redis',)/, `$1 'dbNum' = '${places.database}',`)
      .replace("'connector' = 'blackhole'", places.output)
  );
}
