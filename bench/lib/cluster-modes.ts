// The tables of bench/cluster-faults.ts, what they hold after all rows, and how that is compared with what Redis holds.
/** Keys of a table, and hash tags that they share: key `n` is `{t<n % TAGS>}:<n>`. */
export const KEYS = 2000;
export const TAGS = 100;

export interface Mode {
  readonly name: string;
  readonly columns: string;
  readonly options: string;
  /** The columns behind the key, from `i` (BIGINT). */
  readonly select: string;
  readonly read: (key: string) => readonly string[];
  /** Compares what `read` gave. @param numbers of the key's rows: `key`, `key + KEYS`, … */
  readonly check: (reply: unknown, numbers: readonly number[]) => Found;
}

interface Found {
  readonly lost: number;
  readonly twice: number;
  readonly wrong: string | null;
}

const text = 'CAST(i AS STRING)';

/** The last value wins. */
function newest(found: unknown, numbers: readonly number[]): Found {
  const expected = String(numbers.at(-1));
  return found === expected ? FINE : { lost: 0, twice: 0, wrong: `holds ${String(found)}, not ${expected}` };
}

const FINE: Found = { lost: 0, twice: 0, wrong: null };

/** All elements are there, each once; `found` has no order. */
function complete(found: readonly string[], numbers: readonly number[]): Found {
  const all = new Set(found);
  const lost = numbers.filter((n) => !all.has(String(n))).length;
  const strange = all.size - (numbers.length - lost);
  return { lost, twice: 0, wrong: strange === 0 ? null : `holds ${strange} elements that nobody wrote` };
}

const pairs = (reply: unknown) => {
  const words = reply as string[];
  return Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i]!, words[2 * i + 1]!] as const);
};

/** Every field or member that is there has the value of its own row. */
function valuesOf(reply: unknown, numbers: readonly number[]): Found {
  const all = pairs(reply);
  const other = all.find(([name, value]) => name !== value);
  const found = complete(
    all.map(([name]) => name),
    numbers,
  );
  return other === undefined ? found : { ...found, wrong: `${other[0]} has the value ${other[1]}` };
}

/** The elements in the order of their writing, those there twice counted once, at their last place (written again, all of them are). */
function inOrder(reply: unknown, numbers: readonly number[]): Found {
  const list = (reply as string[]).map(Number);
  const kept = [...new Set(list.toReversed())].reverse();
  const found = complete(kept.map(String), numbers);
  const unordered = kept.findIndex((n, i) => i > 0 && kept[i - 1]! > n);
  const wrong = unordered < 0 ? found.wrong : `has ${kept[unordered]} behind ${kept[unordered - 1]}`;
  return { lost: found.lost, twice: list.length - kept.length, wrong };
}

export const MODES: readonly Mode[] = [
  {
    name: 'STRING',
    columns: 'v STRING',
    options: `'mode' = 'STRING'`,
    select: text,
    read: (key) => ['GET', key],
    check: newest,
  },
  {
    name: 'LIST',
    columns: 'v STRING',
    options: `'mode' = 'LIST', 'sink.list.direction' = 'right'`,
    select: text,
    read: (key) => ['LRANGE', key, '0', '-1'],
    check: inOrder,
  },
  {
    name: 'SET',
    columns: 'v STRING',
    options: `'mode' = 'SET'`,
    select: text,
    read: (key) => ['SMEMBERS', key],
    check: (reply, numbers) => complete(reply as string[], numbers),
  },
  {
    name: 'HASHMAP',
    columns: 'f STRING, v STRING',
    options: `'mode' = 'HASHMAP'`,
    select: `${text}, ${text}`,
    read: (key) => ['HGETALL', key],
    check: valuesOf,
  },
  {
    name: 'FLATTENHASH',
    columns: 'a STRING, b STRING',
    options: `'mode' = 'HASHMAP', 'flattenHash' = 'true'`,
    select: `${text}, ${text}`,
    read: (key) => ['HGETALL', key],
    check: (reply, numbers) => {
      const fields = Object.fromEntries(pairs(reply));
      const a = newest(fields['a'], numbers);
      return a.wrong === null ? newest(fields['b'], numbers) : a;
    },
  },
  {
    name: 'SORTEDSET',
    columns: 'score DOUBLE, v STRING',
    options: `'mode' = 'SORTEDSET'`,
    select: `CAST(i AS DOUBLE), ${text}`,
    read: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    check: valuesOf,
  },
];

export interface Comparison {
  /** Elements of all keys. */
  readonly lost: number;
  readonly twice: number;
  /** Keys whose content is another than the model's, and how. */
  readonly wrong: readonly string[];
}

/** @param read answers commands of one key each */
export async function compare(
  mode: Mode,
  rows: number,
  read: (commands: (readonly string[])[]) => Promise<unknown[]>,
): Promise<Comparison> {
  const names = Array.from({ length: Math.min(KEYS, rows) }, (_, n) => `{t${n % TAGS}}:${n}`);
  const replies = await read(names.map(mode.read));
  let lost = 0;
  let twice = 0;
  const wrong: string[] = [];
  for (const [n, name] of names.entries()) {
    const numbers = Array.from({ length: Math.ceil((rows - n) / KEYS) }, (_, j) => n + j * KEYS);
    const found = mode.check(replies[n], numbers);
    lost += found.lost;
    twice += found.twice;
    if (found.wrong !== null) wrong.push(`${name} ${found.wrong}`);
  }
  return { lost, twice, wrong };
}
