// The reference of a connector's options, made from their declarations: Markdown for the docs, plain text for the terminal.
import type { ConfigOption } from './config-option.ts';

export interface OptionSection {
  readonly title: string;
  readonly options: readonly ConfigOption<unknown>[];
}

/** Sections by who reads an option: both roles, sinks, dimension tables, sources; Drey's own extensions last. */
export function optionSections(options: readonly ConfigOption<unknown>[]): OptionSection[] {
  const known = options.filter((o) => o.origin !== 'extension');
  const sections: OptionSection[] = [
    { title: 'General options', options: known.filter((o) => o.roles.length !== 1) },
    { title: 'Source table options', options: known.filter((o) => only(o, 'source')) },
    { title: 'Sink table options', options: known.filter((o) => only(o, 'sink')) },
    { title: 'Dimension table options', options: known.filter((o) => only(o, 'lookup')) },
    { title: 'Extensions of Drey', options: options.filter((o) => o.origin === 'extension') },
  ];
  return sections.filter((s) => s.options.length > 0);
}

function only(option: ConfigOption<unknown>, role: 'source' | 'sink' | 'lookup'): boolean {
  return option.roles.length === 1 && option.roles[0] === role;
}

/** `200`, `1000 ms`, `(none)`; an empty text is shown as such. */
export function defaultText(option: ConfigOption<unknown>): string {
  if (option.defaultValue === undefined) return '(none)';
  const text = option.type.print(option.defaultValue);
  return text === '' ? '(empty)' : text;
}

/** A Markdown table a section, under headings of `level`. */
export function documentOptions(
  options: readonly ConfigOption<unknown>[],
  required: readonly ConfigOption<unknown>[],
  level = 2,
): string {
  return optionSections(options)
    .map(({ title, options: listed }) => {
      const rows = listed.map((o) => row(o, required.includes(o)));
      return `${'#'.repeat(level)} ${title}\n\n| Option | Required | Default | Type | Description |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

function row(option: ConfigOption<unknown>, required: boolean): string {
  const cells = [
    `\`${keyText(option)}\``,
    required ? 'yes' : 'no',
    required ? '' : defaultText(option),
    option.type.label,
    option.doc,
  ];
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

function keyText(option: ConfigOption<unknown>): string {
  return option.isPrefix ? `${option.key}.*` : option.key;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The same for a terminal: a key a paragraph, wrapped at `width` columns. */
export function describeOptions(
  options: readonly ConfigOption<unknown>[],
  required: readonly ConfigOption<unknown>[],
  width = 100,
): string {
  return optionSections(options)
    .map(({ title, options: listed }) => {
      const entries = listed.map((o) => {
        const facts = required.includes(o)
          ? `${o.type.label}, required`
          : `${o.type.label}, default ${defaultText(o)}`;
        return `  ${keyText(o)}  (${facts})\n${wrap(o.doc.replaceAll('`', "'"), width, '      ')}`;
      });
      return `${title}\n\n${entries.join('\n')}\n`;
    })
    .join('\n');
}

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > width && line !== indent) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  lines.push(line);
  return lines.join('\n');
}
