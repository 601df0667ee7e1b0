// Sets of jars from Maven, fetched once and kept between runs.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Where downloads are kept: `.services` of the project, or DREY_SERVICES_CACHE. */
export function cacheFolder() {
  return process.env.DREY_SERVICES_CACHE ?? join(here, '..', '..', '.services');
}

/**
 * Copies what a pom depends on into `folder`. `properties`: of the pom. `proof`: how the name of one jar of the set begins.
 * The folder appears when it is complete: two runs at the same time never see half a set.
 */
export function fetchJars(pom, folder, { properties = {}, proof }) {
  mkdirSync(dirname(folder), { recursive: true });
  const aside = mkdtempSync(join(dirname(folder), 'fetch-'));
  try {
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies';
    const jars = join(aside, 'libs');
    const given = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    run('mvn', [
      '-B',
      '-q',
      '-f',
      pom,
      goal,
      `-DoutputDirectory=${jars}`,
      '-DincludeScope=runtime',
      ...given,
    ]);
    if (!readdirSync(jars).some((name) => name.startsWith(proof)))
      throw new Error(`Maven brought no ${proof} jar`);
    if (!existsSync(folder)) renameSync(jars, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
