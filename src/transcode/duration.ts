import { InvalidValue } from './invalid-value.ts';
import { MalformedMessage } from './malformed-message.ts';
import { nanosText, type SecondsAndNanos } from './seconds-and-nanos.ts';

/** About 10,000 years, the range of google/protobuf/duration.proto. */
const SECONDS_MAX = 315_576_000_000;
const ALLOWED =
  'seconds with at most nine decimals and the suffix "s", within ±315576000000, for example "1.5s"';

/** @throws MalformedMessage on seconds out of range, or nanos out of range or of the other sign. */
export function durationText({ seconds, nanos }: SecondsAndNanos): string {
  if (!(seconds >= -SECONDS_MAX && seconds <= SECONDS_MAX)) {
    throw new MalformedMessage('a Duration is not within ±315576000000 seconds');
  }
  if (nanos < -999_999_999 || nanos > 999_999_999) {
    throw new MalformedMessage("a Duration's nanos are not within ±999999999");
  }
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    throw new MalformedMessage("a Duration's seconds and nanos differ in sign");
  }
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `"${sign}${Math.abs(seconds)}${nanosText(Math.abs(nanos))}s"`;
}

const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

export function parseDuration(json: unknown): SecondsAndNanos {
  const match = typeof json === 'string' ? DURATION.exec(json) : null;
  if (match === null) throw new InvalidValue(ALLOWED, json);
  const [, sign, digits, fraction] = match;
  const seconds = Number(digits);
  if (seconds > SECONDS_MAX) throw new InvalidValue(ALLOWED, json);
  const nanos = fraction === undefined ? 0 : Number(fraction.padEnd(9, '0'));
  return sign === '-' ? { seconds: -seconds, nanos: -nanos } : { seconds, nanos };
}
