// What a run of the parity suite showed, and the table that is made of it: DREY_PARITY=write writes docs/flink-parity.md from the
// newest run on each version.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FLINK_VERSIONS } from '../../../scripts/flink/cluster-jars.mjs';
import type { Outcome } from './parity-job.ts';

export interface Result {
  readonly group: string;
  readonly name: string;
  /** What the job left behind in Drey. */
  readonly shows: string;
  readonly verdict: 'same' | 'same with ON CONFLICT' | 'differs' | 'failed';
  readonly reason?: string;
}

const project = path.resolve(import.meta.dirname, '../../..');
const fileOf = (version: string) => path.join(project, '.services', 'parity', `flink-${version}.json`);
const TABLE = path.join(project, 'docs', 'flink-parity.md');

/** `8 keys`, `10 rows`, `an error`. */
export function shown({ keys, printed, rows, error }: Outcome): string {
  if (error !== null) return 'an error';
  const parts = [
    [Object.keys(keys).length, 'keys'],
    [printed.length, 'printed rows'],
    [rows.length, 'rows'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${n} ${n === 1 ? what.slice(0, -1) : what}`)
    .join(', ');
}

export function saveResults(version: string, results: readonly Result[]): void {
  mkdirSync(path.dirname(fileOf(version)), { recursive: true });
  writeFileSync(fileOf(version), `${JSON.stringify(results, null, 1)}\n`);
  if (process.env['DREY_PARITY'] === 'write') writeFileSync(TABLE, table());
}

function savedResults(version: string): readonly Result[] | null {
  return existsSync(fileOf(version)) ? (JSON.parse(readFileSync(fileOf(version), 'utf8')) as Result[]) : null;
}

interface Run {
  readonly version: string;
  readonly results: readonly Result[];
}

function summary({ version, results }: Run): string {
  const labels = {
    same: 'the same',
    'same with ON CONFLICT': 'the same with ON CONFLICT',
    differs: 'with a difference',
    failed: 'failed',
  } satisfies Record<Result['verdict'], string>;
  const counts = Object.entries(labels)
    .map(
      ([verdict, label]) => [results.filter((result) => result.verdict === verdict).length, label] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, label]) => `${count} ${label}`);
  return `- Flink ${version}: ${results.length} jobs, ${counts.join(', ')}`;
}

/** Each with its reason, and the version where it is not one of all. */
function differences(runs: readonly Run[]): string[] {
  const names = new Set(
    runs.flatMap(({ results }) => results.filter(({ reason }) => reason).map(({ name }) => name)),
  );
  return Array.from(names, (name) => {
    const differing = runs.flatMap(({ version, results }) => {
      const reason = results.find((result) => result.name === name)?.reason;
      return reason === undefined ? [] : [{ version, reason }];
    });
    const where =
      differing.length === runs.length
        ? ''
        : ` (Flink ${differing.map(({ version }) => version).join(', ')})`;
    return `- ${name}${where}: ${differing[0]!.reason}`;
  });
}

function table(): string {
  const runs: Run[] = FLINK_VERSIONS.flatMap((version) => {
    const results = savedResults(version);
    return results === null ? [] : [{ version, results }];
  });
  const first = runs[0]?.results ?? [];
  const groups = [...new Set(first.map((result) => result.group))];
  const verdictOf = (results: readonly Result[], name: string) =>
    results.find((result) => result.name === name)?.verdict ?? 'not run';
  const section = (group: string) =>
    [
      `\n## ${group}\n`,
      `| Job | In Drey | ${runs.map(({ version }) => `Flink ${version}`).join(' | ')} |`,
      `|---|---|${runs.map(() => '---').join('|')}|`,
      ...first
        .filter((result) => result.group === group)
        .map(({ name, shows }) => {
          const verdicts = runs.map(({ results }) => verdictOf(results, name));
          return `| ${name.replaceAll('|', '\\|')} | ${shows} | ${verdicts.join(' | ')} |`;
        }),
      '',
    ].join('\n');
  return `# Two hosts, one behaviour

Made by \`DREY_PARITY=write npm run test:flink\` from test/flink/parity: each job runs in Drey's own runtime and on a Flink session cluster,
over the same Kafka and the same Redis. Compared are all keys with type, content and time to live, printed rows, rows of queries,
and the messages of jobs that fail.

${runs.map(summary).join('\n')}

Flink 2.3 refuses a job whose rows have another key than the table until it says what shall count; then it is run with the clause
that Flink proposes, \`ON CONFLICT DO DEDUPLICATE\`, and compared.

The differences:

${differences(runs).join('\n')}
${groups.map(section).join('')}`;
}
