import type { HedgingPolicy } from '../../contract/policy.ts';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { Attempt, AttemptHandler } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';
import { isHeldBack } from '../held-back.ts';
import { pushbackMs } from '../retry/pushback.ts';
import type { RetryBudget } from '../retry/retry-budget.ts';
import type { Surroundings } from '../surroundings.ts';
import type { UnaryReply } from '../transport/transport.ts';
import type { UpstreamEvents } from '../upstream-events.ts';

export interface HedgeOptions extends Pick<Surroundings, 'clock' | 'sleep'> {
  /** The one that retries take from too: it bounds what is added to the load, whatever adds it. */
  readonly budget: RetryBudget;
  readonly events?: Pick<UpstreamEvents, 'hedged' | 'retryWithheld'> | undefined;
}

/** One of the attempts that are under way. */
interface Contender {
  readonly cancellation: Cancellation;
  /** Undefined until one was picked. */
  endpoint: Endpoint | undefined;
  /** True once it was overtaken and goes on nevertheless. */
  awaited: boolean;
}

/** The attempts of one call that stand against one another. */
export class HedgedCall {
  readonly #call: BackendCall;
  readonly #policy: HedgingPolicy;
  readonly #attemptOnce: AttemptHandler;
  readonly #options: HedgeOptions;
  readonly #answer = Promise.withResolvers<UnaryReply>();
  /** Shared, so that each attempt goes where no other went. */
  readonly #tried: Endpoint[] = [];
  readonly #running = new Set<Contender>();
  #begun = 0;
  /** Ends the wait for the moment of the next attempt; undefined where no more will be sent. */
  #wait: Cancellation | undefined;
  #settled = false;

  constructor(
    call: BackendCall,
    policy: HedgingPolicy,
    attemptOnce: AttemptHandler,
    options: HedgeOptions,
  ) {
    this.#call = call;
    this.#policy = policy;
    this.#attemptOnce = attemptOnce;
    this.#options = options;
  }

  async answer(): Promise<UnaryReply> {
    const forget = this.#call.cancellation.onCancel((reason) => this.#fail(WeirError.from(reason)));
    if (!this.#settled) this.#begin();
    try {
      return await this.#answer.promise;
    } finally {
      forget();
    }
  }

  #begin(): void {
    const own: Contender = {
      cancellation: new Cancellation(),
      endpoint: undefined,
      awaited: false,
    };
    const number = ++this.#begun;
    this.#running.add(own);
    const call = { ...this.#call, cancellation: own.cancellation };
    const onPicked = (endpoint: Endpoint) => {
      own.endpoint = endpoint;
    };
    const attempt = { call, number, deadline: call.deadline, tried: this.#tried, onPicked };
    this.#run(attempt).then(
      (reply) => this.#win(reply, own),
      (thrown: unknown) => this.#lose(WeirError.from(thrown), own),
    );
    this.#planNext(this.#policy.hedgingDelayMs);
  }

  /** Picking may throw before there is a promise. */
  async #run(attempt: Attempt): Promise<UnaryReply> {
    return await this.#attemptOnce(attempt);
  }

  #planNext(delayMs: number): void {
    this.#wait?.cancel(OVER);
    this.#wait = undefined;
    if (this.#settled || this.#begun >= this.#policy.maxAttempts) return;
    const { deadline } = this.#call;
    if (deadline !== undefined && this.#options.clock() + delayMs >= deadline) return;
    if (delayMs === 0) {
      this.#hedge();
      return;
    }
    const wait = new Cancellation();
    this.#wait = wait;
    this.#options.sleep(delayMs, wait).then(
      () => {
        if (this.#wait === wait) this.#hedge();
      },
      () => {},
    );
  }

  #hedge(): void {
    const { budget, events } = this.#options;
    this.#wait = undefined;
    if (!budget.withdraw()) {
      events?.retryWithheld();
      this.#call.notes?.event('hedge withheld by the budget');
      return;
    }
    events?.hedged();
    this.#call.notes?.event('hedge');
    this.#begin();
  }

  #win(reply: UnaryReply, own: Contender): void {
    this.#leave(own);
    if (this.#settled) return;
    for (const contender of this.#running) this.#overtake(contender);
    this.#end();
    this.#answer.resolve(reply);
  }

  #lose(error: WeirError, own: Contender): void {
    this.#leave(own);
    if (this.#settled) return;
    if (!this.#isNonFatal(error)) {
      this.#fail(error);
      return;
    }
    const pushback = pushbackMs(error);
    // gRFC A6: the backend may say that no more are to come, or when; else there is nothing to wait for.
    if (pushback === 'never') this.#stopHedging();
    else if (this.#begun < this.#policy.maxAttempts) this.#planNext(pushback ?? 0);
    if (this.#running.size === 0 && this.#wait === undefined) this.#fail(error);
  }

  #isNonFatal(error: WeirError): boolean {
    if (isHeldBack(error)) return this.#running.size > 0;
    return error.neverSent || this.#policy.nonFatalCodes.includes(error.code);
  }

  #stopHedging(): void {
    this.#begun = this.#policy.maxAttempts;
    this.#wait?.cancel(OVER);
    this.#wait = undefined;
  }

  #fail(error: WeirError): void {
    if (this.#settled) return;
    this.#end();
    this.#answer.reject(error);
  }

  #end(): void {
    this.#settled = true;
    this.#stopHedging();
    for (const { cancellation } of this.#running) cancellation.cancel(OVER);
  }

  /** Its deadline ends the one that goes on; nobody waits for it but its endpoint's breaker. */
  #overtake(contender: Contender): void {
    if (!contender.endpoint?.silence.overtaken()) return;
    contender.awaited = true;
    this.#running.delete(contender);
  }

  #leave(contender: Contender): void {
    this.#running.delete(contender);
    if (contender.awaited) contender.endpoint?.silence.awaitedEnded();
  }
}

const OVER = new WeirError('CANCELLED', 'Another attempt of the call has answered it.');
