import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Calls } from './calls.ts';
import type { ReflectionIndex } from './reflection-index.ts';

/** `grpc.reflection.v1.ServerReflectionRequest`; v1alpha is equal on the wire. */
export interface ReflectionRequest {
  readonly message_request:
    | 'file_by_filename'
    | 'file_containing_symbol'
    | 'file_containing_extension'
    | 'all_extension_numbers_of_type'
    | 'list_services'
    | undefined;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly file_containing_extension?: { containing_type: string; extension_number: number };
  readonly all_extension_numbers_of_type?: string;
}

/**
 * Server reflection from the compiler's own descriptors.
 * https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflectionService(
  calls: Calls,
  index: ReflectionIndex,
  services: readonly string[],
): UntypedServiceImplementation {
  async function* answerAll(requests: AsyncIterable<ReflectionRequest>) {
    for await (const request of requests) {
      yield { original_request: request, ...answer(request, index, services) };
    }
  }
  return { ServerReflectionInfo: calls.bidi(answerAll) };
}

function answer(
  request: ReflectionRequest,
  index: ReflectionIndex,
  services: readonly string[],
): object {
  switch (request.message_request) {
    case 'list_services':
      return { list_services_response: { service: services.map((name) => ({ name })) } };
    case 'file_by_filename': {
      const name = request.file_by_filename ?? '';
      return files(index.fileByName(name), `file ${name}`);
    }
    case 'file_containing_symbol': {
      const symbol = request.file_containing_symbol ?? '';
      return files(index.fileContainingSymbol(symbol), `symbol ${symbol}`);
    }
    case 'file_containing_extension': {
      const { containing_type = '', extension_number = 0 } =
        request.file_containing_extension ?? {};
      const found = index.fileContainingExtension(containing_type, extension_number);
      return files(found, `extension ${extension_number} of ${containing_type}`);
    }
    case 'all_extension_numbers_of_type': {
      const type = request.all_extension_numbers_of_type ?? '';
      const numbers = index.extensionNumbers(type);
      if (numbers === undefined) return notFound(`message ${type}`);
      return {
        all_extension_numbers_response: { base_type_name: type, extension_number: numbers },
      };
    }
    default:
      return failure(status.INVALID_ARGUMENT, 'The request asks for nothing');
  }
}

function files(found: Uint8Array[] | undefined, what: string): object {
  if (found === undefined) return notFound(what);
  return { file_descriptor_response: { file_descriptor_proto: found } };
}

function notFound(what: string): object {
  return failure(status.NOT_FOUND, `There is no ${what}`);
}

function failure(code: number, message: string): object {
  return { error_response: { error_code: code, error_message: message } };
}
