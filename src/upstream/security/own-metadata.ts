import { readFileSync } from 'node:fs';
import type { UpstreamConfig } from '../../config/schema.ts';
import { UserError } from '../../lib/user-error.ts';
import type { Metadata } from '../transport/transport.ts';
import { createReloading, type ReloadEvents, type Reloading } from './reloading.ts';

type OwnValue = UpstreamConfig['metadata'][string];

/** Tokens live for minutes at least. */
const POLL_MS = 1_000;

/** gRPC PROTOCOL-HTTP2, ASCII-Value. */
const ASCII_VALUE = /^[\x20-\x7e]+$/;

/**
 * What Weir tells a backend with each call in its own name, such as a credential.
 * @throws UserError when a variable or a file is missing or holds what metadata cannot carry
 */
export function createOwnMetadata(
  config: UpstreamConfig['metadata'],
  environment: Readonly<Record<string, string | undefined>>,
  events: ReloadEvents,
  pollMs = POLL_MS,
): Reloading<Metadata> {
  const values = Object.entries(config);
  return createReloading({
    paths: values.flatMap(([, value]) =>
      typeof value === 'object' && 'file' in value ? [value.file] : [],
    ),
    read: () => values.map(([name, value]) => [name, readValue(name, value, environment)] as const),
    pollMs,
    events,
  });
}

function readValue(
  name: string,
  value: OwnValue,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (typeof value === 'string') return value;
  const source = 'env' in value ? `the variable ${value.env}` : value.file;
  const text = 'env' in value ? environment[value.env] : readText(name, value.file);
  const trimmed = text?.trim() ?? '';
  if (ASCII_VALUE.test(trimmed)) return value.prefix + trimmed;
  const found =
    trimmed === '' ? 'is empty or missing' : 'has characters that metadata cannot carry';
  throw new UserError(`The metadata "${name}" is to come from ${source}, which ${found}.`);
}

function readText(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError(
      `The metadata "${name}" is to come from ${path}, which cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      [],
      { cause },
    );
  }
}
