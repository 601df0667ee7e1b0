// The layers of docs/ARCHITECTURE.md: a folder imports only what stands below it, so that the connector runs under any host.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '..', '..', 'src');

/** What a layer may import besides itself. `cli` and the files of src itself wire everything together. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  types: [],
  options: ['types'],
  connector: ['types', 'options'],
  formats: ['types', 'options', 'connector'],
  connectors: ['types', 'options', 'connector', 'formats'],
  // The other host of the connectors: the process beside a Flink TaskManager.
  worker: ['types', 'options', 'connector', 'formats', 'connectors'],
  sql: ['types', 'options'],
  plan: ['types', 'options', 'connector', 'sql'],
  runtime: ['types', 'options', 'connector', 'plan'],
  'table-environment': ['types', 'options', 'connector', 'formats', 'connectors', 'sql', 'plan', 'runtime'],
  cli: [
    'types',
    'options',
    'connector',
    'formats',
    'connectors',
    'sql',
    'plan',
    'runtime',
    'table-environment',
  ],
};

/** These wire registry, planner and runtime together, so they may import the files of src itself. */
const WIRING = ['cli', 'table-environment'];

/** Slices that stand beside each other: a connector does not import another, nor a format another, but for what is shared by name. */
const SLICED = ['connectors', 'formats'];
const SLICES_THAT_OTHERS_BUILD_ON: readonly string[] = [
  // The same consumer and producer with another changelog.
  'connectors/kafka',
  // Envelopes around JSON rows.
  'formats/json',
];

const SPECIFIER =
  /(?:^|[\s;}])(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;}])import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(SPECIFIER)) {
    const specifier = match[1] ?? match[2] ?? match[3];
    if (specifier === undefined) continue;
    const at = match.index + match[0].lastIndexOf(specifier);
    found.push({ file, line: text.slice(0, at).split('\n').length, specifier });
  }
  return found;
}

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split(sep).join(posix.sep));
}

const sliceOf = (file: string) => file.split('/').slice(0, 2).join('/');

/** The broken rule, or null. `file`: relative to src. */
function violation({ file, specifier }: Import): string | null {
  if (!specifier.startsWith('.')) return null;
  const layer = file.split('/')[0] ?? '';
  const allowed = LAYERS[layer];
  if (!file.includes('/')) return null;
  if (allowed === undefined) return `'${layer}' is no layer: add it to LAYERS and to docs/ARCHITECTURE.md`;
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  const targetLayer = target.split('/')[0] ?? '';
  if (target.startsWith('..')) return 'leaves src/';
  if (!target.includes('/'))
    return WIRING.includes(layer) ? null : `only ${WIRING.join(' and ')} may import 'src/${target}'`;
  if (targetLayer !== layer) {
    return allowed.includes(targetLayer)
      ? null
      : `'${layer}' may import ${allowed.join(', ') || 'nothing'}, not '${targetLayer}'`;
  }
  const slice = sliceOf(file);
  const other = sliceOf(target);
  const bothSlices = file.split('/').length > 2 && target.split('/').length > 2;
  if (!SLICED.includes(layer) || !bothSlices || slice === other) return null;
  return SLICES_THAT_OTHERS_BUILD_ON.includes(other)
    ? null
    : `'${slice}' may not import its sibling '${other}'`;
}

describe('import law', () => {
  test('every import goes to a layer below', () => {
    const offences: string[] = [];
    let seen = 0;
    for (const file of sourceFiles()) {
      for (const found of importsOf(file, readFileSync(join(source, file), 'utf8'))) {
        seen++;
        const rule = violation(found);
        if (rule !== null) offences.push(`src/${file}:${found.line} imports '${found.specifier}': ${rule}`);
      }
    }
    expect(offences).toEqual([]);
    expect(seen).toBeGreaterThan(10);
  });

  test('finds every way of importing, and the line', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from '../plan/b.ts';",
      'import {',
      '  c,',
      "} from '../runtime/c.ts';",
      "export { d } from '../sql/d.ts';",
      "import './e.ts';",
      "const f = await import('../cli/f.ts');",
    ].join('\n');
    expect(importsOf('types/x.ts', text).map(({ line, specifier }) => [line, specifier])).toEqual([
      [1, './a.ts'],
      [2, '../plan/b.ts'],
      [5, '../runtime/c.ts'],
      [6, '../sql/d.ts'],
      [7, './e.ts'],
      [8, '../cli/f.ts'],
    ]);
  });

  test.each([
    ['types/row.ts', '../options/parse.ts', "'types' may import nothing, not 'options'"],
    ['connectors/redis/sink.ts', '../../runtime/job.ts', "not 'runtime'"],
    ['connectors/redis/client/port.ts', '../../../plan/nodes.ts', "not 'plan'"],
    ['formats/csv/format.ts', '../../sql/ast.ts', "not 'sql'"],
    ['connectors/print/sink.ts', '../redis/sink.ts', "may not import its sibling 'connectors/redis'"],
    ['sql/parser.ts', '../plan/nodes.ts', "not 'plan'"],
    ['types/row.ts', '../../scripts/services.mjs', 'leaves src/'],
    ['runtime/job.ts', '../index.ts', 'only cli'],
    ['newcomer/x.ts', './y.ts', 'is no layer'],
  ])('%s may not import %s', (file, specifier, reason) => {
    expect(violation({ file, line: 1, specifier })).toContain(reason);
  });

  test.each([
    ['plan/nodes.ts', '../connector/sink.ts'],
    ['connectors/upsert-kafka/source.ts', '../kafka/source.ts'],
    ['connectors/registry.ts', './kafka/factory.ts'],
    ['cli/main.ts', '../index.ts'],
    ['index.ts', './runtime/job.ts'],
    ['types/row.ts', 'node:fs'],
  ])('%s may import %s', (file, specifier) => {
    expect(violation({ file, line: 1, specifier })).toBeNull();
  });

  test('product code reads no test, script or neighbouring project', () => {
    const outside = sourceFiles().flatMap((file) =>
      importsOf(file, readFileSync(join(source, file), 'utf8'))
        .filter(({ specifier }) => specifier.startsWith('.'))
        .filter(({ specifier }) =>
          relative(source, resolve(dirname(join(source, file)), specifier)).startsWith('..'),
        )
        .map(({ line, specifier }) => `src/${file}:${line} imports '${specifier}'`),
    );
    expect(outside).toEqual([]);
  });
});
