import type { App } from '../app.ts'
import type { Config } from '../config.ts'

/** Servers come from the settings and never from a request's `Host`. */
export function describe(app: App, { appName, appVersion, publicUrl }: Config) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: appName,
      version: appVersion,
      description:
        'Every body may be sent as JSON or as a form. Every refusal is a problem (RFC 9457) with a stable `code`.',
    },
    servers: [{ url: publicUrl }],
  })
}
