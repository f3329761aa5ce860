import type { CallRecord } from './call-record.ts';

type SlowCall = Pick<CallRecord, 'notes' | 'startedAt' | 'durationMs' | 'error'> & {
  readonly call: { readonly method: { readonly path: string } };
};

/** Where the time of a call went, as text: the call, and below it each attempt and event with its moment. */
export function describeSlowCall({ call, notes, startedAt, durationMs, error }: SlowCall): string {
  const attempts = (notes.attempts ?? []).map(
    ({ endpoint, startedAt: at, endedAt, code }, index) => ({
      at,
      text: `attempt ${index + 1} at ${endpoint}: ${ms(endedAt - at)}, ${code ?? 'OK'}`,
    }),
  );
  const events = (notes.events ?? []).map(({ name, at, attributes = {} }) => ({
    at,
    text: [name, ...Object.entries(attributes).map(([key, value]) => `${key}=${value}`)].join(' '),
  }));
  const steps = [...attempts, ...events].sort((a, b) => a.at - b.at);
  const lines = steps.map(({ at, text }, index) => {
    const branch = index === steps.length - 1 ? '└' : '├';
    return `${branch} +${ms(at - startedAt)} ${text}`;
  });
  return [`${call.method.path}: ${ms(durationMs)}, ${error?.code ?? 'OK'}`, ...lines].join('\n');
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
