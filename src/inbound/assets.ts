import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import type { Config } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';

/** Answers with a file and says true, or leaves request and response alone. */
export type ServeAsset = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Static folders beside the API; the longest matching path wins.
 * @throws UserError when a folder is missing.
 */
export function createAssets(assets: Config['assets']): ServeAsset {
  const mounts = assets
    .map(({ path, folder }) => {
      if (!existsSync(folder)) {
        throw new UserError(`The folder ${folder}, configured under \`assets\`, does not exist.`);
      }
      return { path: path.endsWith('/') ? path : `${path}/`, serve: sirv(folder, { etag: true }) };
    })
    .sort((left, right) => right.path.length - left.path.length);

  return function serveAsset(request, response) {
    const url = request.url ?? '/';
    const mount = mounts.find(({ path }) => url.startsWith(path));
    if (mount === undefined || (request.method !== 'GET' && request.method !== 'HEAD'))
      return false;
    let found = true;
    request.url = url.slice(mount.path.length - 1);
    // It looks into a list that it made at the start, so it is done when it returns.
    mount.serve(request, response, () => {
      found = false;
    });
    request.url = url;
    return found;
  };
}
