// Streams of changes as Kafka messages, for jobs that write them into every Redis structure.

/** A row of the source table: its own key, and what goes into Redis. */
export interface Item {
  readonly id: string;
  readonly k: string;
  readonly f: string;
  readonly s: number;
  readonly v: string;
}

const item = (id: string, k: string, f: string, s: number, v: string): Item => ({ id, k, f, s, v });

/** Rows that are only added: repeated keys, Unicode, empty texts. */
export const ITEMS: readonly Item[] = [
  item('1', 'a', 'x', 1, 'eins'),
  item('2', 'b', 'x', 2.5, 'zwei'),
  item('3', 'a', 'y', -1, 'drei'),
  item('4', 'Ключ €😀', 'ü', 1e21, 'näïve 😀'),
  item('5', 'a', 'x', 0.1, 'fünf'),
  item('6', 'c', '', 0, ''),
  item('7', 'a', 'z z', 3, 'quote " back\\slash'),
  item('8', 'b', 'x', 2.5, 'zwei'),
];

interface Change {
  readonly before: Item | null;
  readonly after: Item | null;
}

/** Inserts, updates of the value, updates that move a row to another element or key, deletions. */
export const CHANGES: readonly Change[] = changesOf([
  ['+', item('1', 'a', 'x', 1, 'one')],
  ['+', item('2', 'a', 'y', 2, 'two')],
  ['+', item('3', 'b', 'x', 3, 'three')],
  ['+', item('4', 'c', 'z', 4, 'four')],
  // The value only.
  ['+', item('1', 'a', 'x', 10, 'uno')],
  // Another element of the same key.
  ['+', item('2', 'a', 'w', 2, 'due')],
  // Another key.
  ['+', item('3', 'd', 'x', 3, 'three')],
  ['-', item('4', 'c', 'z', 4, 'four')],
  ['+', item('5', 'e', 'ü', 5, 'five')],
  ['-', item('1', 'a', 'x', 10, 'uno')],
  ['+', item('6', 'c', 'z', 6, 'six')],
  ['+', item('5', 'e', 'ü', 5, 'five')],
]);

function changesOf(steps: readonly (readonly [sign: '+' | '-', item: Item])[]): Change[] {
  const now = new Map<string, Item>();
  return steps.map(([sign, next]) => {
    const before = now.get(next.id) ?? null;
    if (sign === '+') now.set(next.id, next);
    else now.delete(next.id);
    return { before, after: sign === '+' ? next : null };
  });
}

const opOf = ({ before, after }: Change) => (before === null ? 'c' : after === null ? 'd' : 'u');

/** As Debezium writes them. */
export function debezium(changes: readonly Change[] = CHANGES): string[] {
  return changes.map((change) => JSON.stringify({ ...change, op: opOf(change) }));
}

/** As Canal writes them: an update's `old` holds only the columns that changed. */
export function canal(changes: readonly Change[] = CHANGES): string[] {
  const types = { c: 'INSERT', u: 'UPDATE', d: 'DELETE' } as const;
  return changes.map((change) => {
    const { before, after } = change;
    const data = [after ?? before];
    const old =
      before === null || after === null
        ? null
        : [
            Object.fromEntries(
              Object.entries(before).filter(([name, value]) => after[name as keyof Item] !== value),
            ),
          ];
    return JSON.stringify({ data, old, type: types[opOf(change)] });
  });
}

/** As a compacted topic has them: the newest row of each key, and no value for a deleted one. */
export function compacted(changes: readonly Change[] = CHANGES): { key: string; value: string | null }[] {
  return changes.map(({ before, after }) => ({
    key: JSON.stringify({ id: (after ?? before)!.id }),
    value: after === null ? null : JSON.stringify(after),
  }));
}

export const json = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row));
