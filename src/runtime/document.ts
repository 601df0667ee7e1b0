// The reference page of job options (docs/configuration.md), from their declarations.
import { documentOptions } from '../options/document.ts';
import { PLANNER_OPTIONS } from '../plan/config.ts';
import { RUNTIME_OPTIONS } from './config.ts';

/** Markdown. */
export function documentConfiguration(): string {
  const options = [...PLANNER_OPTIONS, ...RUNTIME_OPTIONS].sort((a, b) => (a.key < b.key ? -1 : 1));
  return `<!-- Made from src/plan/config.ts and src/runtime/config.ts by \`npx vitest run test/unit/runtime/document.test.ts -u\`: edit it there. -->
# Job options

Set by \`SET 'key' = 'value';\` in a script, by \`-D key=value\` on the command line (where scripts start from, and where RESET
goes back to), or by \`config\` in the Node API. Keys of Flink that Drey does not read are accepted and have no effect.

${documentOptions(options, [])}`;
}
