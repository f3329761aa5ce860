/** What decoders of one transcoder share. */
export interface DecodeOptions {
  /** Emit singular fields of implicit presence, lists and maps even when they hold nothing. */
  readonly alwaysEmitImplicit: boolean;
}
