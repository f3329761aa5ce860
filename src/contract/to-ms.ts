import type { Duration } from '@bufbuild/protobuf/wkt';

export function toMs(duration: Duration): number {
  return Number(duration.seconds) * 1_000 + duration.nanos / 1_000_000;
}
