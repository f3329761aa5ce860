import type { DescExtension, DescMessage, Registry } from '@bufbuild/protobuf';
import { compileDecode } from './compile-decode.ts';
import { compileEncode } from './compile-encode.ts';
import type { DecodeOptions } from './decode-options.ts';
import { interpretDecode } from './interpret-decode.ts';
import { interpretEncode } from './interpret-encode.ts';
import { jsonFormOf } from './json-form.ts';
import type { Decode, Encode, MessageType } from './message-type.ts';
import { createPlan, type MessagePlan } from './plan.ts';
import { createSpecialCodecs, type SpecialCodecs } from './special-forms.ts';

export interface TypeTableOptions extends DecodeOptions {
  /** Compile, or interpret where code may not be generated. */
  readonly compiles: boolean;
}

/** The message types of one registry. A type's functions are made when they are first called. */
export class TypeTable {
  readonly #types = new Map<DescMessage, MessageType>();
  readonly #registry: Registry;
  readonly #options: TypeTableOptions;
  #extensions: Map<string, DescExtension[]> | undefined;

  constructor(registry: Registry, options: TypeTableOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  readonly typeOf = (descriptor: DescMessage): MessageType => {
    let type = this.#types.get(descriptor);
    if (type === undefined) {
      type = new LazyMessageType(descriptor, this.#registry, this.#options, this);
      this.#types.set(descriptor, type);
    }
    return type;
  };

  extensionsOf(descriptor: DescMessage): readonly DescExtension[] {
    if (descriptor.proto.extensionRange.length === 0) return [];
    this.#extensions ??= groupExtensions(this.#registry);
    return this.#extensions.get(descriptor.typeName) ?? [];
  }
}

function groupExtensions(registry: Registry): Map<string, DescExtension[]> {
  const groups = new Map<string, DescExtension[]>();
  for (const type of registry) {
    if (type.kind !== 'extension') continue;
    const group = groups.get(type.extendee.typeName);
    if (group === undefined) groups.set(type.extendee.typeName, [type]);
    else group.push(type);
  }
  return groups;
}

/** Its three functions replace themselves by what they make when first called. */
class LazyMessageType implements MessageType {
  readonly descriptor: DescMessage;
  readonly form: MessageType['form'];
  readonly #registry: Registry;
  readonly #options: TypeTableOptions;
  readonly #table: TypeTable;
  #plan: MessagePlan | undefined;
  #special: SpecialCodecs | undefined;

  constructor(
    descriptor: DescMessage,
    registry: Registry,
    options: TypeTableOptions,
    table: TypeTable,
  ) {
    this.descriptor = descriptor;
    this.form = jsonFormOf(descriptor);
    this.#registry = registry;
    this.#options = options;
    this.#table = table;
  }

  get plan(): MessagePlan {
    this.#plan ??= createPlan(
      this.descriptor,
      this.#table.extensionsOf(this.descriptor),
      this.#table.typeOf,
    );
    return this.#plan;
  }

  get #specialCodecs(): SpecialCodecs | undefined {
    this.#special ??= createSpecialCodecs(this, this.#registry, this.#table.typeOf);
    return this.#special;
  }

  decode: Decode = (source, writer, start, end, depth) => {
    const engine = this.#options.compiles ? compileDecode : interpretDecode;
    this.decode = this.#specialCodecs?.decode ?? engine(this.plan, this.form, this.#options);
    this.decode(source, writer, start, end, depth);
  };

  encode: Encode = (json, writer, depth) => {
    this.encode =
      this.#specialCodecs?.encode ??
      (this.#options.compiles
        ? compileEncode(this.plan, this.form)
        : interpretEncode(this.plan, this.form, 'encode'));
    this.encode(json, writer, depth);
  };

  explain: Encode = (json, writer, depth) => {
    this.explain = this.#specialCodecs?.explain ?? interpretEncode(this.plan, this.form, 'explain');
    this.explain(json, writer, depth);
  };
}
