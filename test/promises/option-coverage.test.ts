// Every option of the connector page is there with the page's default, and every option has a test that uses it.
// docs/option-tests.md says which; here it is kept honest.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { REDIS_OPTIONS } from '../../src/connectors/redis/options.ts';
import type { ConfigOption } from '../../src/options/config-option.ts';
import { defaultText } from '../../src/options/document.ts';
import { parseDuration } from '../../src/options/parse.ts';
import page from '../data/options/page.json' with { type: 'json' };
import tests from '../data/options/tests.json' with { type: 'json' };

const ROOT = path.resolve(import.meta.dirname, '../..');
const TESTS: Readonly<Record<string, readonly { readonly file: string; readonly test: string }[]>> = tests;

/** The page's names of types, and ours. */
const TYPES: Readonly<Record<string, RegExp>> = {
  STRING: /^(String|Enum \[.*\])$/,
  INT: /^Integer$/,
  LONG: /^Long$/,
  BOOLEAN: /^Boolean$/,
  DURATION: /^Duration$/,
};

function optionOf(key: string): ConfigOption<unknown> {
  const found = REDIS_OPTIONS.find((o) => o.key === key);
  if (found === undefined) throw new Error(`no option ${key}`);
  return found;
}

function read(file: string): string {
  expect(existsSync(path.join(ROOT, file)), `${file} is there`).toBe(true);
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Whether a test names an option as a key of a table: in quotes, or as a property. */
function uses(source: string, key: string): boolean {
  const quoted = ["'", '"', '`'].some((q) => source.includes(`${q}${key}${q}`));
  return quoted || (/^\w+$/.test(key) && new RegExp(`[\\s{,(]${key}(:|\\s*[,}])`).test(source));
}

describe('the connector page', () => {
  test.each(page)('$table: $key', ({ key, type, default: text, table, required }) => {
    const option = optionOf(key);
    expect(option.origin).toBe('page');
    expect(option.type.label).toMatch(TYPES[type]!);
    // `mode` has two rows on the page: sinks must name it, dimension tables read STRING without it.
    if (key === 'mode') return;
    expect(option.roles).toEqual(table === 'general' ? [] : [table === 'dimension' ? 'lookup' : 'sink']);
    if (required || text === null) expect(option.defaultValue).toBeUndefined();
    else if (type === 'DURATION') expect(option.defaultValue).toBe(parseDuration(text));
    else expect(option.type.print(option.defaultValue)).toBe(text);
  });

  test('has no option that is not here, and these have no other origin', () => {
    const ofPage = REDIS_OPTIONS.filter((o) => o.origin === 'page').map((o) => o.key);
    expect(ofPage.toSorted()).toEqual([...new Set(page.map((o) => o.key))].toSorted());
  });
});

describe('tests', () => {
  test('of every option, and of nothing else', () => {
    expect(Object.keys(TESTS).toSorted()).toEqual(REDIS_OPTIONS.map((o) => o.key).toSorted());
  });

  test.each(REDIS_OPTIONS.map((o) => [o.key, o] as const))('%s', (key, option) => {
    const named = TESTS[key] ?? [];
    expect(named.length).toBeGreaterThan(0);
    for (const { file, test: title } of named) {
      const source = read(file);
      expect(source.includes(title), `${file} has a test '${title}'`).toBe(true);
      expect(uses(source, key), `${file} uses '${key}'`).toBe(true);
    }
    const sources = named.map(({ file }) => read(file).toLowerCase()).join('\n');
    for (const value of valuesOf(option)) {
      expect(sources.includes(`'${value.toLowerCase()}'`), `a test uses '${value}'`).toBe(true);
    }
  });

  test('are listed in docs/option-tests.md', async () => {
    await expect(documentTests()).toMatchFileSnapshot('../../docs/option-tests.md');
  });
});

function valuesOf(option: ConfigOption<unknown>): string[] {
  const list = /^Enum \[(.*)\]$/.exec(option.type.label)?.[1];
  return list === undefined ? [] : list.split(', ');
}

function documentTests(): string {
  const rows = (origin: ConfigOption<unknown>['origin']) =>
    REDIS_OPTIONS.filter((o) => o.origin === origin).map((option) => {
      const named = (TESTS[option.key] ?? []).map(
        ({ file, test: title }) => `[${path.basename(file, '.test.ts')}](../${file}): ${title}`,
      );
      return `| \`${option.key}\` | ${defaultText(option)} | ${named.join('<br>').replaceAll('|', '\\|')} |`;
    });
  const table = (origin: ConfigOption<unknown>['origin']) =>
    ['| Option | Default | Tests |', '|---|---|---|', ...rows(origin)].join('\n');
  return `<!-- Made from test/data/options/tests.json by \`npx vitest run test/promises/option-coverage.test.ts -u\`: edit it there. -->
# Where each option of the Redis connector is tested

What an option does is shown by the tests that are named here; most of them run against a real Redis. Many more use it. A test of
its own sees to it that no option is missing, that the tests exist and use the option, each of its values included, and that the
defaults are those of the connector page.

## Options of the connector page

${table('page')}

## Extensions

${table('extension')}
`;
}
