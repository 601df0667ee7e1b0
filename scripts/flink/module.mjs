// The tests of the Maven module in flink/: what its JUnit tests say, on one of the releases of Flink.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../dependencies.mjs';
import { totalOf } from '../report.mjs';

const POM = join(project, 'flink', 'pom.xml');
const REPORTS = join(project, 'flink', 'target', 'surefire-reports');

/** Of these releases' tests; those of the oldest need none. */
const PROFILES = new Map([
  ['1.20', []],
  ['2.2', ['flink-2.2']],
  ['2.3', ['flink-2.3']],
]);

/** A report's numbers: attributes of its first element. */
function counts(report) {
  const suite = /<testsuite\s[^>]*>/.exec(report)?.[0] ?? '';
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Number(new RegExp(`\\s${name}="(\\d+)"`).exec(suite)?.[1] ?? 0),
  );
  const failed = failures + errors;
  return { passed: tests - failed - skipped, failed, skipped };
}

function readReports() {
  if (!existsSync(REPORTS)) return totalOf([]);
  const names = readdirSync(REPORTS, { recursive: true }).filter((name) => /TEST-[^/]*\.xml$/.test(name));
  return totalOf(names.map((name) => counts(readFileSync(join(REPORTS, name), 'utf8'))));
}

/** The worker that the module's jar carries; the connector's data file is compared by a test of its own. */
export function buildWorker(commands) {
  return commands.execute('node', [join(project, 'scripts', 'flink', 'build-worker.mjs')], {
    limitMs: 120_000,
  });
}

/** Builds the jar, which brings everything that Maven needs for it, and looks at the sources' format. */
export function buildJar(commands) {
  const goals = ['-DskipTests', 'spotless:check', 'package'];
  return commands.execute('mvn', ['-q', '-B', '-f', POM, ...goals], { limitMs: 900_000 });
}

/**
 * Runs the tests, and those for leaks with them; with `group` only those of a tag. Answers how many passed and failed, and what Maven
 * said. Tests that Maven could not start count as one that failed.
 */
export async function runModuleTests(commands, version, { group = null, limitMs }) {
  const profiles = [...PROFILES.get(version), ...(group === null ? ['leaks'] : [])];
  const args = profiles.length > 0 ? [`-P${profiles.join(',')}`] : [];
  if (group !== null) args.push(`-Dgroups=${group}`);
  rmSync(REPORTS, { recursive: true, force: true });
  const { ok, output } = await commands.execute('mvn', ['-q', '-B', '-f', POM, ...args, 'test'], { limitMs });
  const { passed, failed, skipped } = readReports();
  return {
    ok: ok && passed > 0,
    passed,
    failed: ok && passed > 0 ? failed : Math.max(failed, 1),
    skipped,
    output,
  };
}
