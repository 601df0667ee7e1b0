import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectorData } from '../../../scripts/flink/connector-data.ts';
import { REDIS_OPTIONS } from '../../../src/connectors/redis/options.ts';

interface Bound {
  readonly limit: number;
  readonly message: string;
}
interface OptionData {
  readonly key: string;
  readonly type: string;
  readonly values?: readonly string[];
  readonly least?: Bound;
  readonly most?: Bound;
}

test("the jar's data file is what the declarations say", async () => {
  await expect(connectorData()).toMatchFileSnapshot(
    '../../../flink/src/main/resources/io/drey/flink/connector.json',
  );
});

const data = JSON.parse(connectorData()) as { readonly options: readonly OptionData[] };

test('it has every option', () => {
  expect(data.options.map((o) => o.key)).toEqual(REDIS_OPTIONS.map((o) => o.key));
});

test('its bounds are those of the checks, and so are the messages', () => {
  const numbers = data.options.filter((o) => ['Integer', 'Long', 'Duration'].includes(o.type));
  expect(numbers.length).toBeGreaterThan(10);
  fc.assert(
    fc.property(
      fc.constantFrom(...numbers),
      fc.oneof(fc.integer({ min: -5, max: 10 }), fc.integer()),
      (o, n) => {
        fc.pre(o.type !== 'Duration' || n >= 0);
        const broken =
          [o.least].find((b) => b !== undefined && n < b.limit) ??
          [o.most].find((b) => b !== undefined && n > b.limit);
        const option = REDIS_OPTIONS.find((declared) => declared.key === o.key)!;
        const check = () => option.check(n);
        if (broken === undefined) expect(check).not.toThrow();
        else expect(check).toThrow(broken.message.replaceAll('{value}', String(n)));
      },
    ),
  );
});
