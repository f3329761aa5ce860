// Writes `buf/validate/validate.proto` from the descriptor that @bufbuild/protovalidate carries, because
// no npm package ships it as source and contracts need it to compile. Rules of the file's own rule
// messages (their CEL) are left out: the library evaluates its own copy of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  ScalarType,
} from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label } from '@bufbuild/protobuf/wkt';
import { file_buf_validate_validate } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';

const NOTICE = `// Copyright 2023-2026 Buf Technologies, Inc.
// Licensed under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
//
// Printed from the descriptor in the npm package @bufbuild/protovalidate by
// scripts/print-validate-proto.ts, without comments and without CEL. Do not edit.
`;

export function printValidateProto(): string {
  return NOTICE + printFile(file_buf_validate_validate);
}

if (import.meta.main) {
  const target = join(import.meta.dirname, '../proto/buf/validate/validate.proto');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, printValidateProto());
}

/** Prints what this one file is made of: proto2, top-level messages and enums, no maps and no groups. */
function printFile({ proto, messages, enums, extensions }: DescFile): string {
  return [
    'syntax = "proto2";\n',
    `package ${proto.package};\n`,
    `${proto.dependency.map((name) => `import "${name}";\n`).join('')}`,
    ...extensions.map(printExtension),
    ...enums.map(printEnum),
    ...messages.map(printMessage),
  ].join('\n');
}

function printExtension(extension: DescExtension): string {
  return `extend .${extension.extendee.typeName} {\n${printField(extension, '  ')}}\n`;
}

function printEnum({ name, values, proto }: DescEnum): string {
  const lines = values.map(({ name, number }) => `  ${name} = ${number};\n`);
  const reserved = [
    // Unlike a message's, an enum's reserved range ends with its last number.
    ...proto.reservedRange.map(({ start, end }) => `  reserved ${start} to ${end};\n`),
    ...proto.reservedName.map((word) => `  reserved "${word}";\n`),
  ];
  return `enum ${name} {\n${reserved.join('')}${lines.join('')}}\n`;
}

function printMessage({ name, fields, oneofs, proto }: DescMessage): string {
  const lines = [
    ...proto.reservedRange.map(({ start, end }) => `  reserved ${start} to ${end - 1};\n`),
    ...proto.reservedName.map((reserved) => `  reserved "${reserved}";\n`),
    ...proto.extensionRange.map(({ start, end }) => {
      return `  extensions ${start} to ${end === 0x2000_0000 ? 'max' : end - 1};\n`;
    }),
    ...fields.filter(({ oneof }) => oneof === undefined).map((field) => printField(field, '  ')),
    ...oneofs.map((oneof) => {
      const members = oneof.fields.map((field) => printMember(field, '    '));
      return `  oneof ${oneof.name} {\n${members.join('')}  }\n`;
    }),
  ];
  return `message ${name} {\n${lines.join('')}}\n`;
}

function printField(field: DescField | DescExtension, indent: string): string {
  const repeated = field.proto.label === FieldDescriptorProto_Label.REPEATED;
  return `${indent}${repeated ? 'repeated' : 'optional'} ${printMember(field, '')}`;
}

function printMember(field: DescField | DescExtension, indent: string): string {
  return `${indent}${typeOf(field)} ${field.proto.name} = ${field.number};\n`;
}

function typeOf({ message, enum: enumeration, scalar, name }: DescField | DescExtension): string {
  if (message !== undefined) return `.${message.typeName}`;
  if (enumeration !== undefined) return `.${enumeration.typeName}`;
  if (scalar === undefined) throw new Error(`${name} is of a kind that is not printed`);
  return ScalarType[scalar].toLowerCase();
}
