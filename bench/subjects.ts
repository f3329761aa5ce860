import type { Subject } from './subject.ts';
import { connect } from './subjects/connect/subject.ts';
import { mesh } from './subjects/mesh/subject.ts';
import { nginx } from './subjects/nginx/subject.ts';
import { node } from './subjects/node/subject.ts';
import { stock } from './subjects/stock/subject.ts';
import { bareWeir } from './subjects/weir/bare.ts';
import { weir } from './subjects/weir/subject.ts';

/** In the order of their turns and of the table's rows. */
export const subjects: readonly Subject[] = [weir, bareWeir, stock, connect, mesh, nginx, node];
