/** Weir as a library: the gateway, and its procedures as a router for the tools of the tRPC ecosystem. */
export { loadConfig } from './config/load-config.ts';
export type { Config } from './config/schema.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export {
  createRouter,
  createRouterContext,
  type RouterContext,
  type RouterOptions,
  routerResponseMeta,
} from './procedures/router.ts';
export { createLog, type Log } from './telemetry/log.ts';
export { createLogDestination } from './telemetry/log-destination.ts';
export { ModuleLogs } from './telemetry/module-logs.ts';
