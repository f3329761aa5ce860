import type { Subject } from '../../subject.ts';
import { weir } from './subject.ts';

const { gateway } = weir.commands;

/** Weir without the changes that a scenario asks for: what a feature costs is the ratio to this. */
export const bareWeir: Subject = {
  ...weir,
  name: 'weir-bare',
  onlyWhereNamed: true,
  commands: gateway ? { gateway: (stage) => gateway({ ...stage, weir: stage.bare }) } : {},
};
