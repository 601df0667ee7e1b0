// Reads user and password out of `sasl.jaas.config`, as Java's clients are configured:
// `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`
import { ValidationError } from '../../types/errors.ts';
import type { SaslMechanism } from './wire/sasl-credentials.ts';

const SHAPE = /^\s*([\w.$]+)\s+(required|requisite|sufficient|optional)\b([\s\S]*?);?\s*$/i;
const OPTION = /([\w.-]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^\s;"']+))/g;

const FORM = '\'…PlainLoginModule required username="user" password="password";\'';

/** @throws ValidationError that does not repeat the text, which holds the password */
export function parseJaasConfig(
  text: string,
  mechanism: SaslMechanism,
): { username: string; password: string } {
  const match = SHAPE.exec(text);
  if (match === null) {
    throw new ValidationError(`The option 'properties.sasl.jaas.config' should have the form ${FORM}.`);
  }
  const [, module = '', , rest = ''] = match;
  const wanted = mechanism === 'PLAIN' ? 'PlainLoginModule' : 'ScramLoginModule';
  if (!module.endsWith(wanted)) {
    throw new ValidationError(
      `The login module '${module}' in 'properties.sasl.jaas.config' does not fit 'properties.sasl.mechanism' = '${mechanism}', which needs a '${wanted}'.`,
    );
  }
  const options = new Map<string, string>();
  for (const [, name = '', double, single, bare] of rest.matchAll(OPTION)) {
    options.set(name, (double ?? single)?.replace(/\\([\s\S])/g, '$1') ?? bare ?? '');
  }
  const username = options.get('username');
  const password = options.get('password');
  if (username === undefined || password === undefined) {
    throw new ValidationError(
      `The option 'properties.sasl.jaas.config' lacks ${username === undefined ? 'username' : 'password'}; it should have the form ${FORM}.`,
    );
  }
  return { username, password };
}
