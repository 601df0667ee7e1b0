// What a user gets from `npm install drey`: the built files and nothing else, for the Node that it says, without anything run at installation.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '..', '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
}

const readJson = <T>(file: string) => JSON.parse(readFileSync(join(project, file), 'utf8')) as T;
const manifest = readJson<Manifest>('package.json');
const lock = readJson<{ packages: Record<string, LockEntry> }>('package-lock.json').packages;
const runtimePackages = Object.entries(lock).filter(([path, entry]) => path !== '' && entry.dev !== true);

function run(command: string, args: readonly string[], cwd = project): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

type Version = readonly [number, number, number];
const version = (text: string): Version => {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
  return [major, minor, patch];
};
const atLeast = (a: Version, b: Version) => (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) >= 0;

/** Does a range made of `>=x`, `x` (that major) and `||` take the version? */
function takes(range: string, candidate: Version): boolean {
  return range.split('||').some((part) => {
    const text = part.trim();
    if (text === '*' || text === '') return true;
    const least = /^>=\s*([\d.]+)(?:\.x)?$/.exec(text)?.[1];
    if (least !== undefined) return atLeast(candidate, version(least));
    return /^\d+$/.test(text) && candidate[0] === Number(text);
  });
}

describe('published package', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'drey-package-'));
  let files: readonly string[] = [];

  beforeAll(() => {
    if (!existsSync(join(project, 'dist', 'cli.mjs'))) run('tsdown', []);
    const [packed] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])) as [
      { files: readonly { path: string }[] },
    ];
    files = packed.files.map(({ path }) => path);
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('holds the build, its types, the licence and the documents', () => {
    for (const file of [
      'dist/cli.mjs',
      'dist/index.mjs',
      'dist/index.d.mts',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
    ]) {
      expect(files).toContain(file);
    }
  });

  test('holds nothing else', () => {
    const expected = /^(dist\/[\w./-]+\.(mjs|d\.mts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
  });

  test('exports files that exist', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    for (const target of [...targets, ...Object.values(manifest.bin)]) {
      expect(files, target).toContain(target.replace(/^\.\//, ''));
    }
  });

  test('can be imported by its name', () => {
    mkdirSync(join(scratch, 'node_modules'), { recursive: true });
    symlinkSync(project, join(scratch, 'node_modules', manifest.name));
    const program = "const drey = await import('drey'); console.log(Object.keys(drey).join())";
    const names = run('node', ['--input-type=module', '-e', program], scratch).trim().split(',');
    expect(names).toContain('TableEnvironment');
  });

  test('has a command that can be run and says its version', () => {
    const cli = join(project, 'dist', 'cli.mjs');
    expect(readFileSync(cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(cli).mode & 0o111).toBe(0o111);
    expect(run('node', [cli, '--version'])).toContain(manifest.version);
  });
});

describe('runtime dependencies', () => {
  test('run nothing at installation', () => {
    expect(runtimePackages.filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
    expect(
      Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)),
    ).toEqual([]);
  });

  test('take every Node that this package takes', () => {
    const oldest = version(/^>=([\d.]+)$/.exec(manifest.engines.node)?.[1] ?? '');
    expect(oldest[0]).toBeGreaterThan(0);
    const refusing = runtimePackages
      .filter(([, entry]) => entry.optional !== true && entry.engines?.node !== undefined)
      .filter(([, entry]) => !takes(entry.engines?.node ?? '*', oldest))
      .map(([path, entry]) => `${path} needs ${entry.engines?.node}`);
    expect(refusing).toEqual([]);
  });

  test('have licences that Apache-2.0 software may depend on', () => {
    const free = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|0BSD|\(BSD-3-Clause OR GPL-2\.0\))$/;
    expect(
      runtimePackages.filter(([, entry]) => !free.test(entry.license ?? '')).map(([path]) => path),
    ).toEqual([]);
  });
});
