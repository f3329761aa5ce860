import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { GeneratedFile, Printable } from '@bufbuild/protoplugin';
import type { TypeNames } from './type-names.ts';
import { type Form, INT64, type JsonType, wellKnownJson } from './well-known-json.ts';

/** Where a type is being written: the file collects the imports, the names say what to import. */
export interface Scope {
  readonly file: GeneratedFile;
  readonly names: TypeNames;
}

/** The type of a field's JSON value, for example `readonly Instrument_VenueInput[]`. */
export function fieldType(scope: Scope, field: DescField, form: Form): Printable {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarType(scope, field.scalar, form);
    case 'enum':
      return namedType(scope, field.enum, form);
    case 'message':
      return namedType(scope, field.message, form);
    case 'list':
      return [form === 'input' ? 'readonly ' : '', elementType(scope, field, form), '[]'];
    case 'map': {
      const value = elementType(scope, field, form);
      return field.mapKey === ScalarType.BOOL
        ? ['{ true?: ', value, '; false?: ', value, ' }']
        : ['{ [key: string]: ', value, ' }'];
    }
  }
}

/** The type of a message or an enum where it stands alone, as a procedure's input for example. */
export function namedType(scope: Scope, type: DescMessage | DescEnum, form: Form): Printable {
  const wellKnown = wellKnownJson(type, form);
  if (wellKnown !== undefined) return jsonType(scope, wellKnown);
  return scope.file.import(scope.names[form](type), `./${type.file.name}.js`, true);
}

function elementType(
  scope: Scope,
  field: DescField & { fieldKind: 'list' | 'map' },
  form: Form,
): Printable {
  if (field.message !== undefined) return namedType(scope, field.message, form);
  if (field.enum !== undefined) return namedType(scope, field.enum, form);
  return scalarType(scope, field.scalar, form);
}

function scalarType(scope: Scope, scalar: ScalarType, form: Form): Printable {
  switch (scalar) {
    case ScalarType.BOOL:
      return 'boolean';
    case ScalarType.STRING:
      return 'string';
    case ScalarType.BYTES:
      return jsonType(scope, { kind: 'support', name: 'Bytes' });
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return jsonType(scope, { kind: 'support', name: 'Double' });
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.SINT64:
      return jsonType(scope, INT64[form]);
    default:
      return 'number';
  }
}

function jsonType(scope: Scope, type: JsonType): Printable {
  return type.kind === 'keyword' ? type.name : supportType(scope, type.name);
}

/** A type that `proto-json.ts` of the generated client exports. */
export function supportType(scope: Scope, name: string): Printable {
  return scope.file.import(name, './proto-json.js', true);
}
