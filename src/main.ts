#!/usr/bin/env node
import { createProgram } from './cli/program.ts';
import { UserError } from './lib/user-error.ts';

try {
  await createProgram().parseAsync();
} catch (thrown) {
  if (thrown instanceof UserError) {
    console.error(thrown.message);
    process.exitCode = 1;
  } else {
    console.error(thrown);
    process.exitCode = 2;
  }
}
