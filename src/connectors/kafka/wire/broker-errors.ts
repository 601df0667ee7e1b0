// Error codes that brokers answer with: name, meaning, and what a client does about them.
// https://kafka.apache.org/protocol#protocol_error_codes
import { ConnectorError } from '../../../types/errors.ts';

/**
 * `retry`: it passes by itself. `leader`: another broker leads the partition now, ask for metadata again.
 * `fail`: it will not get better.
 */
export type Remedy = 'retry' | 'leader' | 'fail';

interface Known {
  readonly name: string;
  readonly text: string;
  readonly remedy: Remedy;
}

function known(name: string, remedy: Remedy, text: string): Known {
  return { name, text, remedy };
}

const CODES: ReadonlyMap<number, Known> = new Map([
  [-1, known('UNKNOWN_SERVER_ERROR', 'retry', 'The server experienced an unexpected error.')],
  [1, known('OFFSET_OUT_OF_RANGE', 'fail', 'The offset is not within the range of the partition.')],
  [2, known('CORRUPT_MESSAGE', 'retry', 'A message failed its checksum or is otherwise corrupt.')],
  [3, known('UNKNOWN_TOPIC_OR_PARTITION', 'leader', 'This server does not host this topic-partition.')],
  [5, known('LEADER_NOT_AVAILABLE', 'leader', 'There is no leader for this topic-partition right now.')],
  [6, known('NOT_LEADER_OR_FOLLOWER', 'leader', 'This server does not lead that topic-partition.')],
  [7, known('REQUEST_TIMED_OUT', 'retry', 'The request timed out on the broker.')],
  [8, known('BROKER_NOT_AVAILABLE', 'leader', 'The broker is not available.')],
  [9, known('REPLICA_NOT_AVAILABLE', 'leader', 'The replica is not available for the topic-partition.')],
  [
    10,
    known('MESSAGE_TOO_LARGE', 'fail', 'The message is larger than the topic accepts (max.message.bytes).'),
  ],
  [13, known('NETWORK_EXCEPTION', 'leader', 'The server disconnected before a response was received.')],
  [14, known('COORDINATOR_LOAD_IN_PROGRESS', 'retry', 'The coordinator is loading.')],
  [15, known('COORDINATOR_NOT_AVAILABLE', 'retry', 'The coordinator is not available.')],
  [16, known('NOT_COORDINATOR', 'retry', 'This is not the correct coordinator.')],
  [17, known('INVALID_TOPIC_EXCEPTION', 'fail', 'The topic name is not valid.')],
  [18, known('RECORD_LIST_TOO_LARGE', 'fail', 'The batch is larger than a log segment.')],
  [19, known('NOT_ENOUGH_REPLICAS', 'retry', 'There are fewer in-sync replicas than required.')],
  [
    20,
    known('NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'retry', 'Written to fewer in-sync replicas than required.'),
  ],
  [21, known('INVALID_REQUIRED_ACKS', 'fail', 'acks is not one of all, 1 and 0.')],
  [24, known('INVALID_GROUP_ID', 'fail', 'The group id is not valid.')],
  [25, known('UNKNOWN_MEMBER_ID', 'fail', 'The group has active members: its offsets are theirs to commit.')],
  [
    22,
    known('ILLEGAL_GENERATION', 'fail', 'The group has active members: its offsets are theirs to commit.'),
  ],
  [27, known('REBALANCE_IN_PROGRESS', 'retry', 'The group is rebalancing.')],
  [29, known('TOPIC_AUTHORIZATION_FAILED', 'fail', 'Not authorized to access the topic.')],
  [30, known('GROUP_AUTHORIZATION_FAILED', 'fail', 'Not authorized to access the group.')],
  [31, known('CLUSTER_AUTHORIZATION_FAILED', 'fail', 'Not authorized to do this on the cluster.')],
  [32, known('INVALID_TIMESTAMP', 'fail', 'The timestamp of the message is out of the accepted range.')],
  [33, known('UNSUPPORTED_SASL_MECHANISM', 'fail', 'The broker does not support the SASL mechanism.')],
  [34, known('ILLEGAL_SASL_STATE', 'fail', 'The request is not valid in the SASL state.')],
  [35, known('UNSUPPORTED_VERSION', 'fail', 'The version of the API is not supported.')],
  [43, known('UNSUPPORTED_FOR_MESSAGE_FORMAT', 'fail', "The topic's message format is too old for this.")],
  [44, known('POLICY_VIOLATION', 'fail', 'The request violates a policy of the cluster.')],
  [45, known('OUT_OF_ORDER_SEQUENCE_NUMBER', 'fail', 'A batch came out of order.')],
  [46, known('DUPLICATE_SEQUENCE_NUMBER', 'fail', 'The batch was written before.')],
  [47, known('INVALID_PRODUCER_EPOCH', 'fail', 'The producer has been fenced.')],
  [56, known('KAFKA_STORAGE_ERROR', 'leader', 'The log is offline on this broker.')],
  [58, known('SASL_AUTHENTICATION_FAILED', 'fail', 'SASL authentication failed.')],
  [59, known('UNKNOWN_PRODUCER_ID', 'fail', 'The broker no longer knows the producer id.')],
  [74, known('FENCED_LEADER_EPOCH', 'leader', 'The leader epoch is older than the one on the broker.')],
  [75, known('UNKNOWN_LEADER_EPOCH', 'leader', 'The leader epoch is newer than the one on the broker.')],
  [76, known('UNSUPPORTED_COMPRESSION_TYPE', 'fail', 'The compression type is not supported.')],
  [78, known('OFFSET_NOT_AVAILABLE', 'leader', 'The new leader has not caught up yet.')],
  [87, known('INVALID_RECORD', 'fail', 'The broker refused a record of the batch.')],
  [89, known('THROTTLING_QUOTA_EXCEEDED', 'retry', 'A quota is exceeded.')],
  [100, known('UNKNOWN_TOPIC_ID', 'leader', 'This server does not host this topic.')],
]);

export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
export const DUPLICATE_SEQUENCE_NUMBER = 46;
export const CLUSTER_AUTHORIZATION_FAILED = 31;

export function remedyOf(code: number): Remedy {
  return CODES.get(code)?.remedy ?? 'fail';
}

/** `This server does not host this topic-partition. (UNKNOWN_TOPIC_OR_PARTITION)` */
export function brokerErrorText(code: number): string {
  const found = CODES.get(code);
  return found === undefined ? `The broker answered error code ${code}.` : `${found.text} (${found.name})`;
}

/** An error code out of a response. */
export class BrokerError extends ConnectorError {
  readonly brokerCode: number;

  constructor(code: number, doing: string, message: string | null = null) {
    const text = message === null || message === '' ? brokerErrorText(code) : message;
    super(`${doing}: ${text}`, { retryable: remedyOf(code) !== 'fail' });
    this.brokerCode = code;
  }
}

/** A broker that cannot be reached, answers too late or closed the connection: another try may help. */
export class NetworkError extends ConnectorError {}

export function throwIfError(code: number, doing: string, message: string | null = null): void {
  if (code !== 0) throw new BrokerError(code, doing, message);
}
