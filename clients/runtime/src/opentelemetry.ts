/**
 * What this package asks of `@opentelemetry/api` 1.x. Its copies in one page find each other through a
 * registry under a well-known symbol, and so does this: nothing is loaded where nobody registered a tracer.
 */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** The parts of `Tracer` and `Span` that are used here; see `@opentelemetry/api`. */
export interface Tracer {
  startSpan(name: string, options: SpanOptions): Span;
}

export interface SpanOptions {
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Span {
  spanContext(): SpanContext;
  setAttribute(key: string, value: string): unknown;
  setStatus(status: { readonly code: number }): unknown;
  addLink?(link: { readonly context: SpanContext }): unknown;
  end(): void;
}

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState?: { serialize(): string };
}

interface Registry {
  readonly trace?: { getTracer(name: string): Tracer };
  readonly context?: { active(): unknown };
  readonly propagation?: {
    inject(context: unknown, carrier: Carrier, setter: typeof SETTER): void;
  };
}

type Carrier = Record<string, string>;

const SETTER = {
  set(carrier: Carrier, key: string, value: string): void {
    carrier[key] = value;
  },
};

/** The tracer that the page registered; undefined where it registered none. */
export function registeredTracer(): Tracer | undefined {
  return registry()?.trace?.getTracer('@weir/client');
}

/** The `baggage` of what runs now, where the page registered a propagator that knows of it. */
export function activeBaggage(): string | undefined {
  const { context, propagation } = registry() ?? {};
  if (context === undefined || propagation === undefined) return undefined;
  const carrier: Carrier = {};
  propagation.inject(context.active(), carrier, SETTER);
  return carrier.baggage;
}

function registry(): Registry | undefined {
  const found: unknown = Reflect.get(globalThis, REGISTRY);
  return isRegistry(found) ? found : undefined;
}

/** The symbol carries the major version, whose interface is stable. */
function isRegistry(found: unknown): found is Registry {
  return typeof found === 'object' && found !== null;
}
