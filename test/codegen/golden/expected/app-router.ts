import type { Mutation, Paged, Query, Router, Subscription, TrackedSubscription } from "./procedure-types.ts";
import type { Empty, Int64, Timestamp } from "./proto-json.ts";
import type { Date, DateInput, ListRequestInput, ListResponse, NothingInput, Record, ScrollRequestInput } from "./nasty/v1/nasty.ts";
import type { Date as Date$1, DateInput as DateInput$1 } from "./nasty/v2/nasty.ts";
import type { Rootless, RootlessInput } from "./root.ts";

/** The whole API, for `createTRPCClient<AppRouter>` and `createWeirClient<AppRouter>`. */
export type AppRouter = Router<{
  nasty: {
    v1: {
      /**
       * A comment that ends a comment: *\/ export type Injected = true; /*
       * and a `backtick`, a ${template} and a \backslash.
       * @deprecated
       */
      nastyService: {
        /** Only the linter reads the line above this one. */
        then_: Mutation<Empty | void, Empty>;
        call_: Query<NothingInput | void, Timestamp>;
        /**
         * Old.
         *
         * Use `Then`.
         * @deprecated
         */
        apply_: Mutation<string, Int64>;
        /** A trailing comment. */
        createCaller: Subscription<DateInput | void, Record>;
        // Upload is client streaming: no tRPC procedure has its shape.
        // Talk is bidirectional: no tRPC procedure has its shape.
        /** Paged, with the words of AIP-158. */
        list: Query<Paged<ListRequestInput>, ListResponse>;
        /** Its request has a `cursor` of its own. */
        scroll: Query<ScrollRequestInput, ListResponse>;
      };
      then_: {
        _def: Mutation<DateInput | void, Date>;
      };
    };
    v2: {
      /** The same names in a later version. */
      nastyService: {
        then_: Mutation<DateInput$1, Date>;
        /** Can be resumed. */
        watch: TrackedSubscription<DateInput$1, Date$1>;
        /** Can be resumed, and asks nothing. */
        watchAll: TrackedSubscription<NothingInput | void, Date$1>;
        /** Names a field that does not exist. */
        watchBadly: Subscription<DateInput$1, Date$1>;
      };
    };
  };
  createCaller_: {
    get: Mutation<RootlessInput, Rootless>;
  };
}>;
