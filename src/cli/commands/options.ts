// drey options: the reference of a connector's or format's options, from their declarations.
import { describeOptions, documentOptions } from '../../options/document.ts';
import { nearest } from '../../options/nearest.ts';
import type { OptionDeclarations } from '../../options/read-options.ts';
import { Registry } from '../../registry.ts';
import type { CommandStreams } from '../command-streams.ts';
import { EXIT, UsageError } from '../exit-status.ts';

const MAX_WIDTH = 100;

/** @throws UsageError for a name that is neither */
export async function optionsCommand(
  name: string | undefined,
  markdown: boolean,
  streams: CommandStreams,
): Promise<number> {
  const registry = new Registry();
  if (name === undefined) {
    const list = (names: readonly string[]) => names.map((n) => `  ${n}\n`).join('');
    streams.stdout.write(
      `Connectors\n\n${list(registry.connectorNames())}\nFormats\n\n${list(registry.formatNames())}`,
    );
    return EXIT.DONE;
  }
  const { required, optional } = await declarations(registry, name);
  const all = [...required, ...optional];
  const width = Math.min(MAX_WIDTH, streams.stdout.columns || MAX_WIDTH);
  streams.stdout.write(markdown ? documentOptions(all, required) : describeOptions(all, required, width));
  return EXIT.DONE;
}

async function declarations(registry: Registry, name: string): Promise<OptionDeclarations> {
  const lower = name.toLowerCase();
  const found = (await registry.loadConnector(lower)) ?? (await registry.loadFormat(lower));
  if (found !== undefined) return found.options;
  const known = [...registry.connectorNames(), ...registry.formatNames()];
  const near = nearest(name, known);
  const advice = near === undefined ? `There are ${known.join(', ')}.` : `Did you mean ${near}?`;
  throw new UsageError(`There is no connector or format '${name}'. ${advice}`);
}
