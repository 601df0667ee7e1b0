export class Commands {
  stopOnSignals(): this;
  get interrupted(): boolean;
  execute(
    command: string,
    args: readonly string[],
    options?: {
      readonly live?: boolean;
      readonly env?: Readonly<Record<string, string>>;
      readonly limitMs?: number | null;
    },
  ): Promise<{ readonly ok: boolean; readonly output: string }>;
}
