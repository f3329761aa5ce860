import { runNodeJs } from '@bufbuild/protoplugin';
import { weirClientPlugin } from './plugin.ts';

runNodeJs(weirClientPlugin);
