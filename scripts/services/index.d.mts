export interface ServerHandle {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly running: boolean;
  readonly folder: string;
  /** The server's log file. */
  readonly log: string;
  /** Starts again on the same port with the same data. */
  start(): Promise<this>;
  /** SIGTERM, SIGKILL after a grace period. The data stays. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: a server that hangs. */
  pause(): void;
  resume(): void;
  /** Stops and removes the temporary folder. */
  close(): Promise<void>;
}

export interface CertificateFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly serverPkcs12: string;
  readonly clientPkcs12: string;
  readonly truststorePkcs12: string;
  readonly truststoreJks: string;
  readonly password: string;
}

/** A reply of Redis: text, integer, nil or a list of these. */
export type RedisReply = string | number | null | RedisReply[];

export interface RedisHandle extends ServerHandle {
  readonly password?: string;
  command(words: readonly (string | number)[]): Promise<RedisReply>;
}

export interface RedisTlsHandle extends RedisHandle {
  readonly files: CertificateFiles;
}

export interface GroupHandle {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  readonly password?: string;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface ClusterHandle extends GroupHandle {
  /** Masters first, then replicas. */
  readonly nodes: readonly RedisHandle[];
  readonly ports: readonly number[];
}

export interface SentinelHandle extends GroupHandle {
  readonly masterName: string;
  readonly master: RedisHandle;
  readonly replicas: readonly RedisHandle[];
  readonly sentinels: readonly RedisHandle[];
  readonly sentinelPorts: readonly number[];
  readonly sentinelPassword?: string;
  masterPort(): Promise<number>;
  failover(): Promise<void>;
}

export interface KafkaHandle extends ServerHandle {
  /** host:port of the listener without security. */
  readonly brokers: string;
  readonly saslPort?: number;
  readonly tlsPort?: number;
  readonly saslTlsPort?: number;
  readonly username?: string;
  readonly password?: string;
  readonly files?: CertificateFiles;
  createTopic(
    topic: string,
    partitions?: number,
    config?: Readonly<Record<string, string | number>>,
  ): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
}

interface Common {
  /** Where data and logs go; a temporary folder, removed by close(), unless given. */
  readonly folder?: string;
  /** The server outlives this process. */
  readonly keep?: boolean;
  /** Told what takes long (installing, fetching). */
  readonly say?: (line: string) => void;
}

interface RedisCommon extends Common {
  readonly password?: string | undefined;
  /** More words for redis-server's command line. */
  readonly args?: readonly string[];
}

export function startRedis(
  options?: RedisCommon & { readonly port?: number; readonly persist?: boolean; readonly databases?: number },
): Promise<RedisHandle>;
export function startRedisTls(
  options?: RedisCommon & { readonly clientCertificates?: boolean; readonly names?: readonly string[] },
): Promise<RedisTlsHandle>;
export function startCluster(
  masters?: number,
  options?: RedisCommon & { readonly replicas?: number },
): Promise<ClusterHandle>;
export function startSentinel(
  options?: RedisCommon & {
    readonly sentinelPassword?: string;
    readonly replicas?: number;
    readonly sentinels?: number;
  },
): Promise<SentinelHandle>;
export function startKafka(
  options?: Common & {
    readonly sasl?: { readonly username: string; readonly password: string };
    readonly tls?: boolean;
    readonly settings?: Readonly<Record<string, string>>;
    readonly heap?: string;
    readonly port?: number;
  },
): Promise<KafkaHandle>;
export function makeCertificates(folder: string, names?: readonly string[]): CertificateFiles;
export function ensureKafka(options?: Pick<Common, 'say'>): { image: string | null; classPath: string };
export function ensureRedis(options?: Pick<Common, 'say'>): 'local' | 'docker';
export function redisInPath(): boolean;
export function freePort(): Promise<number>;

interface Login {
  readonly password?: string | undefined;
  readonly username?: string;
  readonly tls?: object;
  readonly limitMs?: number;
}
export function redisCommand(
  port: number,
  words: readonly (string | number)[],
  login?: Login,
): Promise<RedisReply>;
export function redisCommands(
  port: number,
  commands: readonly (readonly (string | number)[])[],
  login?: Login,
): Promise<RedisReply[]>;
