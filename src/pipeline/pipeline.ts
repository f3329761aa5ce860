import type { Config } from '../config/schema.ts';
import { createStreamDeadline, createUnaryDeadline } from './deadline.ts';
import type {
  StreamHandler,
  StreamMiddleware,
  UnaryHandler,
  UnaryMiddleware,
} from './middleware.ts';
import { createStreamRecord, createUnaryRecord, type Recorder } from './record.ts';

export interface PipelineOptions {
  readonly config: Pick<Config, 'deadline'>;
  readonly report: Recorder;
}

/** The caller's half of a call: everything Weir asks about the one who calls, in this order. */
export interface Pipeline {
  readonly unary: UnaryMiddleware;
  readonly stream: StreamMiddleware;
}

export function createPipeline({ config, report }: PipelineOptions): Pipeline {
  const unary = [
    // First, so that every refusal below is recorded too.
    createUnaryRecord(report),
    // Before anything that may wait.
    createUnaryDeadline(config.deadline),
  ];
  const stream = [createStreamRecord(report), createStreamDeadline(config.deadline)];
  return {
    unary: (innermost: UnaryHandler) =>
      unary.reduceRight((next, middleware) => middleware(next), innermost),
    stream: (innermost: StreamHandler) =>
      stream.reduceRight((next, middleware) => middleware(next), innermost),
  };
}
