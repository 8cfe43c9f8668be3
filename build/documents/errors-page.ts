import { html } from 'hono/html'
import type { Failure } from '../../src/kernel/failure.ts'

/** What the `type` of every problem points to. */
export const errorsPage = (failures: readonly Failure[]) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Problems this service can answer</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/api/docs/page.css" />
  </head>
  <body class="plain">
    <h1>Problems this service can answer</h1>
    <p>Programs read <code>code</code>; people read <code>detail</code>. See the <a href="/api/docs">API</a>.</p>
    <dl>
      ${failures.map(
        ({ code, status, detail }) => html`<dt id="${code}"><code>${code}</code> <span>${status}</span></dt>
          <dd>${detail}</dd>`,
      )}
    </dl>
  </body>
</html>`
