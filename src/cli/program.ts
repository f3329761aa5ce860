import { Command } from 'commander';
import { packageVersion } from '../lib/package-version.ts';
import { createUserCommand } from './user-command.ts';

/**
 * The command line of Weir. Each command is loaded when it is run: the generator brings a whole TypeScript
 * compiler, which a gateway must not carry.
 */
export function createProgram(): Command {
  const program = new Command('weir')
    .description('A gateway that turns gRPC contracts into a typed tRPC API.')
    .version(packageVersion(), '-V, --version', 'say which release this is')
    .showHelpAfterError('(`weir --help` lists commands and options)');

  const withConfig = (command: Command) =>
    command.option('-c, --config <file>', 'configuration, YAML or TOML', 'weir.yaml');

  withConfig(program.command('serve'))
    .description('run the gateway until it is told to stop')
    .action(async ({ config }: { config: string }) => {
      const { serve } = await import('./serve.ts');
      await serve(config);
    });
  program.command('worker', { hidden: true }).action(async () => {
    const { runWorker } = await import('./worker.ts');
    await runWorker();
  });
  withConfig(program.command('check'))
    .description('check configuration and contracts, and run nothing')
    .action(async ({ config }: { config: string }) => {
      const { check } = await import('./check.ts');
      await check(config);
    });
  withConfig(program.command('routes'))
    .description('list every procedure: path, kind, upstream, access')
    .option('--as <role>', 'show what a caller with this one role may call')
    .action(async ({ config, as }: { config: string; as?: string }) => {
      const { routes } = await import('./routes.ts');
      await routes(config, as);
    });
  withConfig(program.command('generate'))
    .description('write the typed tRPC client of the contracts')
    .requiredOption(
      '-o, --out <folder>',
      'the folder to write; an earlier client there is replaced',
    )
    .action(async ({ config, out }: { config: string; out: string }) => {
      const { generate } = await import('./generate.ts');
      await generate(config, out);
    });

  program.addCommand(createUserCommand(withConfig));
  program
    .command('api-key <id>')
    .description('make an API key for a service')
    .action(async (id: string) => {
      const { printApiKey } = await import('./api-key.ts');
      printApiKey(id);
    });

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
