import { tmpdir } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { memoryFolder } from './test/support/memory.ts'
import { RUNNERS, takeNetwork } from './test/support/network-in-process.ts'
import { testSettings } from './test/support/settings.ts'

// Nothing that a test writes need outlive it.
process.env.TMPDIR ??= memoryFolder() ?? tmpdir()

/** A file each rather than hundreds of modules, which workerd would ask for one after another at each start. */
const BUNDLED = [
  '@neondatabase/serverless',
  '@upstash/kafka',
  'bcryptjs',
  'drizzle-orm',
  'drizzle-orm/neon-http',
  'drizzle-orm/neon-http/session',
  'drizzle-orm/pg-core',
  'drizzle-orm/query-builders/query-builder',
  'drizzle-orm/subquery',
  'fast-check',
  'hono',
  'hono/cookie',
  'hono/cors',
  'hono/hono-base',
  'hono/html',
  'hono/method-not-allowed',
  'hono/router/linear-router',
  'jose',
  'jose/errors',
  'jose/jws/compact/sign',
  'jose/jws/compact/verify',
  'jose/key/import',
  'zod/mini',
]

export default defineConfig({
  test: {
    fileParallelism: false,
    silent: 'passed-only',
    projects: [
      {
        plugins: [
          cloudflareTest(async ({ inject }) => {
            const { stackUrl, answer } = await takeNetwork()
            return {
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                bindings: testSettings(stackUrl, inject('signingKey')),
                outboundService: { node: answer },
                // test/support/each.ts takes the binding away: here the Worker hashes itself, so that a test can hold a hash.
                serviceBindings: { HASHER: () => new Response(null, { status: 404 }) },
              },
            }
          }),
        ],
        test: {
          name: 'workers',
          include: ['test/**/*.test.ts'],
          exclude: ['test/node/**', 'test/outside/**'],
          deps: { optimizer: { ssr: { enabled: true, include: BUNDLED } } },
          maxWorkers: RUNNERS,
          // One isolate for all files of a runner, as in production for all requests: storage is emptied before each test.
          isolate: false,
          globalSetup: ['./test/support/global.ts', './test/support/vectors.ts'],
          setupFiles: ['./test/support/each.ts'],
          // Generous, for a machine that has other things to do: what hangs is found all the same.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'node',
          sequence: { groupOrder: 1 },
          include: ['test/node/**/*.test.ts'],
          // One process for all files: starting one for each takes longer than most of them.
          isolate: false,
          globalSetup: ['./test/support/vectors.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        // What takes its time: the whole of `npm run dev`, killed and started again, and answers timed by the hundred.
        test: {
          name: 'outside',
          sequence: { groupOrder: 2 },
          include: ['test/outside/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
