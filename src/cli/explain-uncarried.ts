import type { Method } from '../contract/method.ts';

/** What `proto/weir/v1/options.proto` says of a stream that says nothing. */
const DEFAULT_QUEUE = 64;

/** What the contracts ask for and callers do not get; undefined where there is nothing of the kind. */
export function explainUncarried(methods: Iterable<Method>): string | undefined {
  const all = [...methods];
  const streaming = all
    .filter(({ kind }) => kind === 'clientStreaming' || kind === 'bidiStreaming')
    .map(({ path }) => `  ${path}`);
  const unused = all.flatMap(({ path, policy: { stream } }) => {
    if (stream === undefined) return [];
    const options = [
      ...(stream.share ? ['share'] : []),
      ...(stream.slowConsumer === 'block' ? [] : ['slow_consumer']),
      ...(stream.queue === DEFAULT_QUEUE ? [] : ['queue']),
      ...(stream.replay === 0 ? [] : ['replay']),
    ];
    return options.length === 0 ? [] : [`  ${path}: ${options.join(', ')}`];
  });
  const parts = [
    section('Calls of these end with UNIMPLEMENTED, for they stream from the client:', streaming),
    section(
      'These `stream` options have no effect: each subscriber has a backend stream of his own, which waits for him.',
      unused,
    ),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

function section(title: string, lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : [title, ...lines].join('\n');
}
