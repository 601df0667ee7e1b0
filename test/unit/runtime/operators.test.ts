// Operators against models: the materialised result is right, and the same for every cut into batches.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChangelogNormalizeNode, LimitNode } from '../../../src/plan/nodes.ts';
import type { Operator } from '../../../src/runtime/operator.ts';
import { changelogNormalizeOperator } from '../../../src/runtime/operators/changelog-normalize.ts';
import { constraintEnforcerOperator } from '../../../src/runtime/operators/constraint-enforcer.ts';
import { dropUpdateBeforeOperator } from '../../../src/runtime/operators/drop-update-before.ts';
import { limitOperator } from '../../../src/runtime/operators/limit.ts';
import { sinkMaterializerOperator } from '../../../src/runtime/operators/sink-materializer.ts';
import { ChangelogMode } from '../../../src/types/changelog-mode.ts';
import { INT, STRING } from '../../../src/types/logical-type.ts';
import type { Row } from '../../../src/types/row.ts';
import { batches, type Change, changesOf, changeText } from '../../support/memory-tables.ts';

const [I, UB, UA, D] = [0, 1, 2, 3] as const;
const schema = {
  fields: [
    { name: 'k', type: STRING },
    { name: 'v', type: INT },
  ],
};
const base = { schema, upsertKeys: [], changelogMode: ChangelogMode.all };
const input = { ...base, kind: 'values', tuples: [] } as const;

async function run(
  make: (out: (b: Parameters<Operator['process']>[0]) => void) => Operator,
  changes: readonly Change[],
  size: number,
) {
  const out: Change[] = [];
  const operator = make((batch) => {
    out.push(...changesOf(batch));
  });
  for (const batch of batches(changes, size)) await operator.process(batch);
  return out;
}

/** Two keys, an id and a value: a changelog of a table with primary key id, where k may change. */
const changelog = fc
  .array(fc.record({ id: fc.nat(4), k: fc.constantFrom('a', 'b'), v: fc.nat(3), remove: fc.boolean() }), {
    maxLength: 40,
  })
  .map((steps) => {
    const table = new Map<number, Row>();
    const changes: Change[] = [];
    for (const { id, k, v, remove } of steps) {
      const before = table.get(id);
      const after: Row = [k, v, id];
      if (before === undefined) {
        table.set(id, after);
        changes.push([I, after]);
      } else if (remove) {
        table.delete(id);
        changes.push([D, before]);
      } else {
        table.set(id, after);
        changes.push([UB, before], [UA, after]);
      }
    }
    return { changes, table };
  });

describe('ChangelogNormalize', () => {
  const node: ChangelogNormalizeNode = { ...base, kind: 'changelogNormalize', input, key: [0] };

  test('makes a full changelog of an upsert stream, deletes with their whole row', async () => {
    const upserts: Change[] = [
      [UA, ['a', 1]],
      [UA, ['a', 2]],
      [UA, ['a', 2]],
      [D, ['a', null]],
      [D, ['b', null]],
    ];
    const out = await run((o) => changelogNormalizeOperator(node, o), upserts, 10);
    expect(out.map(changeText)).toEqual(['+I[a, 1]', '-U[a, 1]', '+U[a, 2]', '-D[a, 2]']);
  });

  test('state survives a snapshot', async () => {
    const first = changelogNormalizeOperator(node, () => {});
    await first.process(batches([[UA, ['a', 1]]], 1)[0]!);
    const out = await run(
      (o) => {
        const second = changelogNormalizeOperator(node, o);
        second.restore!([...first.snapshot!()]);
        return second;
      },
      [[D, ['a', null]]],
      1,
    );
    expect(out.map(changeText)).toEqual(['-D[a, 1]']);
  });
});

describe('SinkUpsertMaterializer', () => {
  test('lets a key-changing update delete the old key', async () => {
    const changes: Change[] = [
      [I, ['a', 'x', 1]],
      [UB, ['a', 'x', 1]],
      [UA, ['b', 'x', 1]],
      [D, ['b', 'x', 1]],
    ];
    const out = await run((o) => sinkMaterializerOperator([0], [2], o), changes, 10);
    expect(out.map(changeText)).toEqual(['+I[a, x, 1]', '-D[a, x, 1]', '+I[b, x, 1]', '-D[b, x, 1]']);
  });

  test.each([
    ['known by its key', [2]],
    ['known by all of its columns', null],
  ])(
    'an update of the only row of a key is a deletion and an insertion, as lists and sets need it: a row %s',
    async (_, inputKey) => {
      const changes: Change[] = [
        [I, ['a', 'x', 1]],
        [UB, ['a', 'x', 1]],
        [UA, ['a', 'y', 1]],
        [I, ['a', 'z', 2]],
        [UB, ['a', 'z', 2]],
        [UA, ['a', 'zz', 2]],
        [D, ['a', 'zz', 2]],
        [D, ['a', 'y', 1]],
      ];
      for (const size of [1, 3, 10]) {
        const out = await run((o) => sinkMaterializerOperator([0], inputKey, o), changes, size);
        expect(out.map(changeText)).toEqual([
          '+I[a, x, 1]',
          '-D[a, x, 1]',
          '+I[a, y, 1]',
          '+U[a, z, 2]',
          // The row before stands again, until its successor comes.
          '+U[a, y, 1]',
          '+U[a, zz, 2]',
          '+U[a, y, 1]',
          '-D[a, y, 1]',
        ]);
      }
    },
  );

  test('state survives a snapshot, keys of one row and of several', async () => {
    const first = sinkMaterializerOperator([0], [2], () => {});
    const rows: Change[] = [
      [I, ['a', 'x', 1]],
      [I, ['b', 'x', 2]],
      [I, ['b', 'y', 3]],
    ];
    await first.process(batches(rows, 10)[0]!);
    const out = await run(
      (o) => {
        const second = sinkMaterializerOperator([0], [2], o);
        second.restore!([...first.snapshot!()]);
        return second;
      },
      rows.toReversed().map(([, row]): Change => [D, row]),
      1,
    );
    expect(out.map(changeText)).toEqual(['+U[b, x, 2]', '-D[b, x, 2]', '-D[a, x, 1]']);
  });

  test('rows that share the sink key: the last one stands, whatever the batches', async () => {
    await fc.assert(
      fc.asyncProperty(changelog, fc.integer({ min: 1, max: 7 }), async ({ changes, table }, size) => {
        const make = (o: (b: Parameters<Operator['process']>[0]) => void) =>
          sinkMaterializerOperator([0], [2], o);
        const out = await run(make, changes, size);
        expect(out).toEqual(await run(make, changes, 1000));
        const sink = new Map<unknown, Row>();
        for (const [kind, row] of out) {
          if (kind === D) sink.delete(row[0]);
          else sink.set(row[0], row);
        }
        const live = [...table.values()];
        expect([...sink.keys()].sort()).toEqual([...new Set(live.map((r) => r[0]))].sort());
        for (const row of sink.values()) expect(live).toContainEqual(row);
      }),
    );
  });
});

test('DropUpdateBefore drops -U only', async () => {
  const changes: Change[] = [
    [I, ['a', 1]],
    [UB, ['a', 1]],
    [UA, ['a', 2]],
    [D, ['a', 2]],
  ];
  const out = await run(dropUpdateBeforeOperator, changes, 10);
  expect(out.map(changeText)).toEqual(['+I[a, 1]', '+U[a, 2]', '-D[a, 2]']);
});

describe('Limit', () => {
  test('insert-only: the first rows after the offset', async () => {
    const node: LimitNode = {
      ...base,
      kind: 'limit',
      input: { ...input, changelogMode: ChangelogMode.insertOnly },
      offset: 2,
      fetch: 3,
    };
    const changes: Change[] = Array.from({ length: 9 }, (_, i) => [I, [i]]);
    for (const size of [1, 2, 4, 100]) {
      const out = await run((o) => limitOperator(node, o), changes, size);
      expect(out.map(([, row]) => row[0])).toEqual([2, 3, 4]);
    }
  });

  test('a changelog: the window over the rows that are alive, in order of arrival', async () => {
    const node: LimitNode = { ...base, kind: 'limit', input, offset: 1, fetch: 2 };
    await fc.assert(
      fc.asyncProperty(changelog, async ({ changes }) => {
        const alive: Row[] = [];
        for (const [kind, row] of changes) {
          if (kind === I || kind === UA) alive.push(row);
          else
            alive.splice(
              alive.findIndex((r) => r.every((v, i) => v === row[i])),
              1,
            );
        }
        const shown: string[] = [];
        for (const [kind, row] of await run((o) => limitOperator(node, o), changes, 3)) {
          if (kind === I || kind === UA) shown.push(row.join());
          else shown.splice(shown.indexOf(row.join()), 1);
        }
        expect(shown.sort()).toEqual(
          alive
            .slice(1, 3)
            .map((r) => r.join())
            .sort(),
        );
      }),
    );
  });
});

describe('ConstraintEnforcer', () => {
  const notNull = [{ index: 0, name: 'k' }];
  const length = { index: 1, name: 'v', length: 2, pad: false };
  const enforce = (more: object, changes: Change[]) =>
    run(
      (o) =>
        constraintEnforcerOperator(
          { notNull, onNull: 'ERROR', lengths: [], onLength: 'IGNORE', ...more },
          o,
        )!,
      changes,
      10,
    );

  test('NULL in a NOT NULL column fails or is dropped', async () => {
    const changes: Change[] = [
      [I, ['a', 1]],
      [D, [null, 2]],
      [I, ['c', 3]],
    ];
    await expect(enforce({}, changes)).rejects.toThrow(
      "Column 'k' is NOT NULL, however, a null value is being written into it.",
    );
    expect((await enforce({ onNull: 'DROP' }, changes)).map(changeText)).toEqual(['+I[a, 1]', '+I[c, 3]']);
  });

  test('texts are cut and padded in characters', async () => {
    const cut = await enforce({ onLength: 'TRIM_PAD', lengths: [length] }, [
      [I, ['a', '😀bc']],
      [I, ['a', 'x']],
    ]);
    expect(cut.map(changeText)).toEqual(['+I[a, 😀b]', '+I[a, x]']);
    const padded = await enforce({ onLength: 'TRIM_PAD', lengths: [{ ...length, pad: true }] }, [
      [I, ['a', '😀']],
    ]);
    expect(padded.map(changeText)).toEqual(['+I[a, 😀 ]']);
    await expect(enforce({ onLength: 'ERROR', lengths: [length] }, [[I, ['a', 'xyz']]])).rejects.toThrow(
      "Column 'v'",
    );
  });

  test('nothing to check is no operator', () => {
    expect(
      constraintEnforcerOperator(
        { notNull: [], onNull: 'ERROR', lengths: [length], onLength: 'IGNORE' },
        () => {},
      ),
    ).toBeNull();
  });
});
