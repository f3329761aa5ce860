import type { DescMessage, DescMethod } from '@bufbuild/protobuf';
import type { Printable } from '@bufbuild/protoplugin';
import { isPaged } from '../contract/page-cursor.ts';
import { methodKindOf, procedureTypeOf } from '../contract/procedure-path.ts';
import { readPolicy } from '../contract/read-policy.ts';
import { docComment } from './doc-comment.ts';
import { namedType, type Scope } from './json-type.ts';
import type { RouterNode } from './procedure-tree.ts';
import { propertyName } from './property-name.ts';

/** Prints `AppRouter`, from which stock tRPC clients infer everything. */
export function printAppRouter(scope: Scope, root: RouterNode): void {
  const router = scope.file.import('Router', './procedure-types.js', true);
  scope.file.print(
    '/** The whole API, for `createTRPCClient<AppRouter>` and `createWeirClient<AppRouter>`. */\n',
    [
      scope.file.export('type', 'AppRouter'),
      ' = ',
      router,
      '<',
      ...routerBlock(scope, root, ''),
      '>;',
    ],
  );
}

function routerBlock(scope: Scope, node: RouterNode, indentation: string): Printable[] {
  const inner = `${indentation}  `;
  const lines = [...node.children].flatMap(([name, child]): Printable[] => {
    const key = `${inner}${propertyName(name)}: `;
    if (child.kind === 'procedure') return procedureLine(scope, child.method, inner, key);
    const comment = child.service === undefined ? '' : docComment(child.service, inner);
    return [comment, key, ...routerBlock(scope, child, inner), ';\n'];
  });
  return ['{\n', ...lines, indentation, '}'];
}

const STREAM_KINDS = {
  clientStreaming: 'client streaming',
  bidiStreaming: 'bidirectional',
} as const;

function procedureLine(
  scope: Scope,
  method: DescMethod,
  indentation: string,
  key: string,
): Printable[] {
  const kind = methodKindOf(method);
  if (kind === 'clientStreaming' || kind === 'bidiStreaming') {
    // A tRPC procedure takes one input; the messages are generated, so a duplex object can be typed.
    return [
      `${indentation}// ${method.name} is ${STREAM_KINDS[kind]}: no tRPC procedure has its shape.\n`,
    ];
  }
  return [
    docComment(method, indentation),
    key,
    scope.file.import(procedureTypeName(method), './procedure-types.js', true),
    ['<', ...inputType(scope, method), ', '],
    [namedType(scope, method.output, 'output'), '>;\n'],
  ];
}

const PROCEDURE_TYPES = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
} as const;

function procedureTypeName(method: DescMethod): string {
  return isTracked(method) ? 'TrackedSubscription' : PROCEDURE_TYPES[procedureTypeOf(method)];
}

/** Whether each message of the stream comes with the id from which the stream can be resumed. */
function isTracked(method: DescMethod): boolean {
  const resumeField = readPolicy(method, []).stream?.resumeField;
  return method.output.fields.some((field) => field.name === resumeField);
}

function inputType(scope: Scope, method: DescMethod): Printable[] {
  const input = namedType(scope, method.input, 'input');
  if (isEmpty(method.input)) return [input, ' | void'];
  if (isPaged(method)) {
    return [scope.file.import('Paged', './procedure-types.js', true), '<', input, '>'];
  }
  return [input];
}

/** Nothing can be said in it, so a caller need not say it. */
function isEmpty(message: DescMessage): boolean {
  return message.fields.length === 0;
}
