import type { DescFile, DescMethod, DescService } from '@bufbuild/protobuf';
import { toProcedurePath } from '../contract/procedure-path.ts';

/** The router as a tree: packages, then services, then methods. */
export interface RouterNode {
  readonly kind: 'router';
  service: DescService | undefined;
  readonly children: Map<string, RouterNode | ProcedureNode>;
}

export interface ProcedureNode {
  readonly kind: 'procedure';
  readonly method: DescMethod;
}

/**
 * @throws an Error that names both, where a method's path is another method's, or lies below one: a package
 * `a.s.get` beside the method `a.S.Get`.
 */
export function buildProcedureTree(files: readonly DescFile[]): RouterNode {
  const root = createRouterNode();
  for (const service of files.flatMap((file) => file.services)) {
    for (const method of service.methods) {
      const segments = toProcedurePath(service.typeName, method.name).split('.');
      const last = segments.pop() ?? '';
      const parent = segments.reduce((node, segment) => enter(node, segment, method), root);
      parent.service = service;
      const present = parent.children.get(last);
      if (present !== undefined) throw collision(present, method);
      parent.children.set(last, { kind: 'procedure', method });
    }
  }
  return root;
}

function enter(node: RouterNode, segment: string, method: DescMethod): RouterNode {
  const present = node.children.get(segment);
  if (present?.kind === 'procedure') throw collision(present, method);
  if (present !== undefined) return present;
  const child = createRouterNode();
  node.children.set(segment, child);
  return child;
}

function createRouterNode(): RouterNode {
  return { kind: 'router', service: undefined, children: new Map() };
}

function collision(present: RouterNode | ProcedureNode, method: DescMethod): Error {
  const path = toProcedurePath(method.parent.typeName, method.name);
  const other = describe(anyMethodOf(present));
  return new Error(
    `${describe(method)} and ${other} cannot both be procedures: \`${path}\` would be a procedure and a router, or two procedures. Rename one of them.`,
  );
}

function describe(method: DescMethod | undefined): string {
  if (method === undefined) return 'another service';
  return `${method.parent.typeName}.${method.name} (${method.parent.file.name}.proto)`;
}

function anyMethodOf(node: RouterNode | ProcedureNode): DescMethod | undefined {
  if (node.kind === 'procedure') return node.method;
  for (const child of node.children.values()) {
    const method = anyMethodOf(child);
    if (method !== undefined) return method;
  }
  return undefined;
}
