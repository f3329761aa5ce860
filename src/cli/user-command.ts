import { Command } from 'commander';

/** `weir user …`, each loaded when it is run. */
export function createUserCommand(withConfig: (command: Command) => Command): Command {
  const user = new Command('user').description('users of the built-in issuer');
  const load = () => import('./user.ts');
  const collect = (role: string, roles: string[]) => [...roles, role];
  type Options = { readonly config: string; readonly role: string[] };

  withConfig(user.command('add <name>'))
    .description('add a user; the password is read from standard input')
    .option('-r, --role <role>', 'a role the user has; may be repeated', collect, [])
    .action(async (name: string, { config, role }: Options) =>
      (await load()).addUser(config, name, role),
    );
  withConfig(user.command('passwd <name>'))
    .description('give another password and sign the user out everywhere')
    .action(async (name: string, { config }: Options) =>
      (await load()).changePassword(config, name),
    );
  withConfig(user.command('roles <name> [roles...]'))
    .description('replace the roles; open streams are decided anew')
    .action(async (name: string, roles: string[], { config }: Options) =>
      (await load()).changeRoles(config, name, roles),
    );
  withConfig(user.command('list'))
    .description('list users with their roles')
    .action(async ({ config }: Options) => (await load()).listUsers(config));
  withConfig(user.command('disable <name>'))
    .description('forbid to sign in and sign the user out everywhere')
    .action(async (name: string, { config }: Options) =>
      (await load()).setDisabled(config, name, true),
    );
  withConfig(user.command('enable <name>'))
    .description('allow to sign in again')
    .action(async (name: string, { config }: Options) =>
      (await load()).setDisabled(config, name, false),
    );
  user
    .command('hash')
    .description('print the hash of a password, for auth.builtIn.users in the configuration')
    .action(async () => (await load()).printPasswordHash());
  return user;
}
