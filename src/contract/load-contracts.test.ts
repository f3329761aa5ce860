import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadContracts } from './load-contracts.ts';

const root = mkdtempSync(join(tmpdir(), 'weir-contracts-test-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;

/** A folder with these files; `folder` in a message stands for its path. */
function writeFolder(files: Readonly<Record<string, string>>): string {
  const folder = join(root, `folder-${folders++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const HEAD = 'syntax = "proto3";\npackage a.v1;\nimport "weir/v1/options.proto";\nmessage M {}\n';

describe('the sample contracts', async () => {
  const proto = join(import.meta.dirname, '..', '..', 'proto');
  const { methods, registry } = await loadContracts([{ folder: proto }]);

  test('every method has its path and its kind', () => {
    const kinds = [...methods.values()].map((method) => [
      method.path,
      method.procedureType,
      method.kind,
      method.idempotency,
    ]);
    expect(kinds).toEqual([
      ['market.v1.quoteService.getQuote', 'query', 'unary', 'noSideEffects'],
      ['market.v1.quoteService.listInstruments', 'query', 'unary', 'noSideEffects'],
      ['market.v1.quoteService.watchQuotes', 'subscription', 'serverStreaming', 'noSideEffects'],
      ['orders.v1.orderService.placeOrder', 'mutation', 'unary', 'unknown'],
      ['orders.v1.orderService.cancelOrder', 'mutation', 'unary', 'idempotent'],
      ['orders.v1.orderService.getOrder', 'query', 'unary', 'noSideEffects'],
      [
        'orders.v1.orderService.watchExecutions',
        'subscription',
        'serverStreaming',
        'noSideEffects',
      ],
      ['orders.v1.orderService.importOrders', 'subscription', 'clientStreaming', 'unknown'],
      ['orders.v1.orderService.negotiate', 'subscription', 'bidiStreaming', 'unknown'],
    ]);
  });

  test('a method carries its comment, its upstream and its policy over the service defaults', () => {
    const method = methods.get('market.v1.quoteService.getQuote');
    expect(method).toMatchObject({
      rpcPath: '/market.v1.QuoteService/GetQuote',
      upstream: 'market',
      comment: 'The newest quote of one instrument.',
      deprecated: false,
      policy: {
        access: { rule: 'public' },
        rateLimit: { requests: 500, perMs: 1_000, burst: 1_000, key: 'ip', cost: 1 },
        timeoutMs: 2_000,
        retry: { maxAttempts: 3, codes: ['UNAVAILABLE'] },
      },
    });
  });

  test('placing an order is never retried', () => {
    expect(methods.get('orders.v1.orderService.placeOrder')?.policy.retry).toBeUndefined();
  });

  test("Google's common types can be imported without bringing them, and serve nothing", async () => {
    const folder = writeFolder({
      'a.proto': `${HEAD}import "google/type/interval.proto";
import "google/longrunning/operations.proto";
service S { rpc Get(google.type.Interval) returns (google.longrunning.Operation); }
`,
    });
    const { methods } = await loadContracts([{ folder }]);
    expect([...methods.keys()]).toEqual(['a.v1.s.get']);
  });

  test('nothing is written below the home folder, which may not be there', async () => {
    const folder = writeFolder({ 'a.proto': HEAD });
    vi.stubEnv('HOME', '/proc/nowhere');
    vi.stubEnv('XDG_CACHE_HOME', '/proc/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await loadContracts([{ folder }])).methods.size).toBe(0);
  });

  test('error details are known without being imported', () => {
    expect(registry.getMessage('google.rpc.BadRequest')?.typeName).toBe('google.rpc.BadRequest');
  });
});

describe('broken contracts are refused with file, line and reason', () => {
  test.each([
    [
      'a syntax error',
      { 'a.proto': 'syntax = "proto3";\nmessage M {\n  string s = ;\n}\n' },
      'folder/a.proto:3:3: missing message field tag in declaration\n      string s = ;\n      ^',
    ],
    [
      'a missing import',
      { 'a.proto': 'syntax = "proto3";\nimport "nowhere.proto";\n' },
      'folder/a.proto:2:1: imported file does not exist: nowhere.proto; put it below a contract folder, at that path',
    ],
    [
      'a folder that is not where imports start from',
      {
        'v1/a.proto': 'syntax = "proto3";\n',
        'v1/b.proto': 'syntax = "proto3";\nimport "pets/v1/a.proto";\n',
      },
      'folder/v1/b.proto:2:1: imported file does not exist: pets/v1/a.proto; there is v1/a.proto, so name the folder above as the contract folder',
    ],
    [
      'an option of another type, behind a tab',
      {
        'a.proto': `${HEAD}service S {\n\trpc Get(M) returns (M) { option (weir.v1.method) = {timeout: "2s"}; }\n}\n`,
      },
      ': mismatched types\n    \trpc Get(M) returns (M) { option (weir.v1.method) = {timeout: "2s"}; }\n    \t                                                             ^',
    ],
    [
      'an unknown type',
      { 'x/a.proto': 'syntax = "proto3";\nmessage M {\n  Nothing n = 1;\n}\n' },
      'folder/x/a.proto:3:3: cannot find `Nothing` in this scope',
    ],
    [
      'two methods that claim one path',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M);\n  rpc get(M) returns (M);\n}\n`,
      },
      'a.v1.S.Get (a.proto:6) and a.v1.S.get (a.proto:7) both claim the procedure path "a.v1.s.get"; rename one of them.',
    ],
    [
      'two services that claim one path',
      {
        'a.proto': `${HEAD}service Svc {\n  rpc Get(M) returns (M);\n}\n`,
        'b.proto':
          'syntax = "proto3";\npackage a.v1;\nimport "a.proto";\nservice svc {\n  rpc Get(M) returns (M);\n}\n',
      },
      'a.v1.Svc.Get (a.proto:6) and a.v1.svc.Get (b.proto:5) both claim the procedure path "a.v1.svc.get"; rename one of them.',
    ],
    [
      'a retry of a method that is not safe to repeat',
      {
        'a.proto': `${HEAD}service S {\n  rpc Buy(M) returns (M) {\n    option (weir.v1.method) = {retry: {max_attempts: 2}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Buy has `retry`, but only methods with `idempotency_level` NO_SIDE_EFFECTS or IDEMPOTENT that take one message may be retried.',
    ],
    [
      'a stream whose attempts have a time of their own',
      {
        'a.proto': `${HEAD}service S {\n  rpc Watch(M) returns (stream M) {\n    option idempotency_level = NO_SIDE_EFFECTS;\n    option (weir.v1.method) = {retry: {max_attempts: 2, per_try_timeout: {seconds: 1}}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Watch has `retry.per_try_timeout`, but a stream may say nothing for hours and be well; leave it out.',
    ],
    [
      'a cached mutation',
      {
        'a.proto': `${HEAD}service S {\n  rpc Buy(M) returns (M) {\n    option idempotency_level = IDEMPOTENT;\n    option (weir.v1.method) = {cache: {ttl: {seconds: 1}}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Buy has `cache`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be cached.',
    ],
    [
      'too many attempts and a code that does not exist',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M) {\n    option idempotency_level = NO_SIDE_EFFECTS;\n    option (weir.v1.method) = {retry: {max_attempts: 9, codes: ["OOPS"]}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has `retry.max_attempts` 9; allowed are 1 to 5.\n  a.proto:6: a.v1.S.Get has `retry.codes` "OOPS", which is no gRPC status such as UNAVAILABLE.',
    ],
    [
      'a rate limit without a period',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M) {\n    option (weir.v1.method) = {rate_limit: {requests: 5}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has `rate_limit` without `requests` or without `per`, such as {seconds: 1}.',
    ],
    [
      'a shared stream that one slow caller can hold back',
      {
        'a.proto': `${HEAD}service S {\n  rpc Watch(M) returns (stream M) {\n    option (weir.v1.method) = {stream: {share: true}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Watch has `stream.share` with SLOW_CONSUMER_BLOCK, so one slow caller would hold back all the others.',
    ],
    [
      'a timeout of nothing',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M) {\n    option (weir.v1.method) = {timeout: {}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has a `timeout` of nothing; give a time above zero, such as {seconds: 1}.',
    ],
    [
      'a negative timeout',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M) {\n    option (weir.v1.method) = {timeout: {seconds: -1}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has a `timeout` of nothing; give a time above zero, such as {seconds: 1}.',
    ],
    [
      'roles without a name',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (M) {\n    option (weir.v1.method) = {access: {roles: {}}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has `access.roles` without `names`, so nobody could call it.',
    ],
    [
      'a stream that resumes from a field that is not there',
      {
        'a.proto': `${HEAD}service S {\n  rpc Get(M) returns (stream M) {\n    option (weir.v1.method) = {stream: {resume_field: "x", resume_from_field: "y"}};\n  }\n}\n`,
      },
      'a.proto:6: a.v1.S.Get has `stream.resume_field` "x", which a.v1.M does not have.\n  a.proto:6: a.v1.S.Get has `stream.resume_from_field` "y", which a.v1.M does not have.',
    ],
    [
      'a resume id that is a list, or a message',
      {
        'a.proto': `${HEAD}message N { repeated string x = 1; M y = 2; }\nservice S {\n  rpc Get(N) returns (stream N) {\n    option (weir.v1.method) = {stream: {resume_field: "x", resume_from_field: "y"}};\n  }\n}\n`,
      },
      'a.proto:7: a.v1.S.Get has `stream.resume_field` "x", which is no single value that could be an id.\n  a.proto:7: a.v1.S.Get has `stream.resume_from_field` "y", which is no single value that could be an id.',
    ],
    [
      'a method whose path holds another package',
      {
        'a.proto': `${HEAD}service B {\n  rpc C(M) returns (M);\n}\n`,
        'b.proto':
          'syntax = "proto3";\npackage a.v1.b;\nimport "a.proto";\nservice C {\n  rpc Get(a.v1.M) returns (a.v1.M);\n}\n',
      },
      'a.v1.B.C (a.proto:6) is the procedure "a.v1.b.c", and a.v1.b.C.Get (b.proto:5) would lie below it as "a.v1.b.c.get"; rename one of them.',
    ],
    [
      "a package where Weir's own procedures are",
      {
        'a.proto':
          'syntax = "proto3";\npackage weir.v1;\nmessage M {}\nservice SessionService {\n  rpc Renew(M) returns (M);\n}\n',
      },
      "a.proto:5: weir.v1.SessionService.Renew is in a package below `weir`, where Weir's own procedures are; choose another.",
    ],
  ])('%s', async (_, files, problem) => {
    const folder = writeFolder(files);
    const error = await loadContracts([{ folder }]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain(problem.replaceAll('folder/', `${folder}/`));
  });

  test('two folders with the same file', async () => {
    const files = { 'a.proto': 'syntax = "proto3";\nmessage M {}\n' };
    const [one, other] = [writeFolder(files), writeFolder(files)];
    await expect(loadContracts([{ folder: one }, { folder: other }])).rejects.toThrow(
      `a.proto is in ${one} and in ${other}; keep one of them.`,
    );
  });

  test('an absent folder, and one without contracts', async () => {
    const absent = join(root, 'absent');
    await expect(loadContracts([{ folder: absent }])).rejects.toThrow(
      `The contract folder ${absent} does not exist.`,
    );
    const empty = writeFolder({ 'README.md': '' });
    await expect(loadContracts([{ folder: empty }])).rejects.toThrow(
      `The contract folder ${empty} has no .proto file.`,
    );
  });
});

test.each([
  ['without a package', 'syntax = "proto3";', 'svc.get'],
  ['of proto2', 'syntax = "proto2"; package a;', 'a.svc.get'],
  ['of an edition', 'edition = "2023"; package a;', 'a.svc.get'],
  [
    'with names of object prototypes',
    'syntax = "proto3"; package constructor;',
    'constructor.svc.get',
  ],
])('a contract %s', async (_, head, path) => {
  const service = 'message M {\n  message N {}\n}\nservice Svc {\n  rpc Get(M.N) returns (M);\n}\n';
  const { methods } = await loadContracts([
    { folder: writeFolder({ 'a.proto': `${head}\n${service}` }) },
  ]);
  expect([...methods.keys()]).toEqual([path]);
});

describe('descriptor sets', () => {
  function writeSet(name: string, file: Parameters<typeof toFile>[0]): string {
    const path = join(root, name);
    const set = create(FileDescriptorSetSchema, { file: [toFile(file)] });
    writeFileSync(path, toBinary(FileDescriptorSetSchema, set));
    return path;
  }

  const toFile = (file: MessageInitShape<typeof FileDescriptorProtoSchema> & { name: string }) =>
    create(FileDescriptorProtoSchema, { syntax: 'proto3', ...file });

  test('one that lacks an import says which', async () => {
    const path = writeSet('lacks.binpb', { name: 'a.proto', dependency: ['b.proto'] });
    await expect(loadContracts([{ descriptorSet: path }])).rejects.toThrow(
      `a.proto (in ${path}) imports b.proto, which no contract has; compile the set with its imports.`,
    );
  });

  test('two that disagree about a file are both named', async () => {
    const one = writeSet('one.binpb', { name: 'a.proto', package: 'one' });
    const other = writeSet('other.binpb', { name: 'a.proto', package: 'other' });
    await expect(loadContracts([{ descriptorSet: one }, { descriptorSet: other }])).rejects.toThrow(
      `a.proto is in ${one} and, with other content, in ${other}; keep one of them.`,
    );
  });

  const field = (name: string) => ({ name, number: 1, type: 9, label: 1 }) as const;

  test('two that disagree about a type, in files of different names, are both named', async () => {
    const money = (name: string) => [{ name: 'Money', field: [field(name)] }];
    const one = writeSet('money.binpb', {
      name: 'common/money.proto',
      package: 'common',
      messageType: money('units'),
    });
    const same = { name: 'copy/money.proto', package: 'common', messageType: money('units') };
    const other = { name: 'old/money.proto', package: 'common', messageType: money('cents') };
    const both = (file: typeof other) => [
      { descriptorSet: one },
      { descriptorSet: writeSet(file.name.replace('/', '-'), file) },
    ];
    await loadContracts(both(same));
    await expect(loadContracts(both(other))).rejects.toThrow(
      `common.Money is in common/money.proto (in ${one}) and, with other content, in old/money.proto (in ${join(root, 'old-money.proto')}); keep one of them.`,
    );
  });

  test('one that lacks a type says which', async () => {
    const messageType = [
      { name: 'M', field: [{ ...field('n'), type: 11, typeName: '.b.N' } as const] },
    ];
    const path = writeSet('typeless.binpb', { name: 'a.proto', messageType });
    await expect(loadContracts([{ descriptorSet: path }])).rejects.toThrow(
      'The contracts are not sound:\n  invalid FieldDescriptorProto: type_name .b.N not found; make the descriptor sets anew, with all imports, as `buf build` does.',
    );
  });

  test('no compiler is started for them alone, and they may import what Weir provides', async () => {
    const started: unknown[] = [];
    const note = (message: unknown) => started.push(message);
    subscribe('child_process', note);
    onTestFinished(() => void unsubscribe('child_process', note));
    const path = writeSet('status.binpb', {
      name: 'a.proto',
      dependency: [
        'google/rpc/status.proto',
        'weir/v1/options.proto',
        'buf/validate/validate.proto',
      ],
    });
    const { registry } = await loadContracts([{ descriptorSet: path }]);
    expect(registry.getMessage('google.rpc.BadRequest')).toBeDefined();
    expect(started).toHaveLength(0);
    const folder = writeFolder({ 'b.proto': 'syntax = "proto3";' });
    await loadContracts([{ descriptorSet: path }, { folder }]);
    expect(started).toHaveLength(1);
  });

  test('the same file twice is one file', async () => {
    const one = writeSet('same-1.binpb', { name: 'a.proto', package: 'same' });
    const other = writeSet('same-2.binpb', { name: 'a.proto', package: 'same' });
    const snapshot = await loadContracts([{ descriptorSet: one }, { descriptorSet: other }]);
    expect(snapshot.registry.getFile('a.proto')?.proto.package).toBe('same');
  });

  test('a file that is no descriptor set, and none at all', async () => {
    const garbage = join(root, 'garbage.binpb');
    writeFileSync(garbage, Buffer.from([0xff, 0xff, 0xff]));
    await expect(loadContracts([{ descriptorSet: garbage }])).rejects.toThrow(
      `${garbage} is not a compiled FileDescriptorSet; make one with \`buf build -o contracts.binpb\`.`,
    );
    const absent = join(root, 'absent.binpb');
    await expect(loadContracts([{ descriptorSet: absent }])).rejects.toThrow(
      `The descriptor set ${absent} cannot be read`,
    );
  });
});
