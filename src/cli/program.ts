import { Command } from 'commander';
import { check } from './check.ts';
import { generate } from './generate.ts';
import { routes } from './routes.ts';
import { serve } from './serve.ts';

/** The command line of Weir. */
export function createProgram(): Command {
  const program = new Command('weir')
    .description('A gateway that turns gRPC contracts into a typed tRPC API.')
    .showHelpAfterError('(`weir --help` lists commands and options)');

  const withConfig = (command: Command) =>
    command.option('-c, --config <file>', 'configuration, YAML or TOML', 'weir.yaml');

  withConfig(program.command('serve'))
    .description('run the gateway until it is told to stop')
    .action(({ config }: { config: string }) => serve(config));
  withConfig(program.command('check'))
    .description('check configuration and contracts, and run nothing')
    .action(({ config }: { config: string }) => check(config));
  withConfig(program.command('routes'))
    .description('list every procedure: path, kind, upstream, access')
    .action(({ config }: { config: string }) => routes(config));
  withConfig(program.command('generate'))
    .description('write the typed tRPC client of the contracts')
    .requiredOption(
      '-o, --out <folder>',
      'the folder to write; an earlier client there is replaced',
    )
    .action(({ config, out }: { config: string; out: string }) => generate(config, out));

  program.addHelpText(
    'after',
    `
Environment:
  WEIR_<SECTION>__<SETTING>  overrides one setting, for example WEIR_SERVER__PORT=8080

Exit codes:
  0  done
  1  wrong configuration, contracts or arguments; standard error says which
  2  a fault of Weir itself`,
  );
  return program;
}
