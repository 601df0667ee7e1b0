// Values that the connector's options share: servers, ports, waits.

/** One server of `hostAndPorts` or `sentinel.nodes`. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export function refuseBlank(value: string): void {
  if (value.trim() === '') throw new Error('It must not be empty.');
}

/** Of a host, which some write as a URL. What it holds is not repeated: it may be a password. */
export function checkHost(host: string): void {
  refuseBlank(host);
  if (/[/@]/.test(host)) {
    throw new Error(
      "It must be a name or an address alone, not a URL: the rest goes into 'port', 'username', 'password' and 'dbNum'.",
    );
  }
}

export function checkPort(port: number): void {
  if (port < 1 || port > 65535) throw new Error(`A port is a number from 1 to 65535, but this is ${port}.`);
}

export function checkClientName(name: string): void {
  if (!/^[!-~]+$/.test(name))
    throw new Error('It must not be empty, and may have no spaces or special characters.');
}

export function atLeastOneMilli(millis: number): void {
  if (millis < 1) throw new Error('It must be at least 1 ms: every wait has an end.');
}

export function hostAndPortList(separator: string) {
  return {
    label: 'String',
    parse: (text: string): readonly HostAndPort[] => text.split(separator).map(parseHostAndPort),
    print: (nodes: readonly HostAndPort[]) => nodes.map((n) => `${n.host}:${n.port}`).join(separator),
  };
}

function parseHostAndPort(text: string): HostAndPort {
  if (/[/@]/.test(text)) {
    throw new Error(
      'An entry must be of the form host:port, not a URL: user and password go into options of their own.',
    );
  }
  const parts = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text.trim());
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) throw new Error(`'${text.trim()}' is not of the form host:port.`);
  const port = Number(parts?.[3]);
  checkPort(port);
  return { host, port };
}
