import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { outbound } from './test/support/outbound.ts'
import { testSettings } from './test/support/settings.ts'

export default defineConfig({
  test: {
    // One database serves all files, so they take turns.
    fileParallelism: false,
    silent: 'passed-only',
    projects: [
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: testSettings(inject('stackUrl'), inject('signingKey')),
              outboundService: outbound(inject('stackUrl')),
            },
          })),
        ],
        test: {
          name: 'workers',
          include: ['test/**/*.test.ts'],
          exclude: ['test/node/**'],
          globalSetup: ['./test/support/global.ts', './test/support/vectors.ts'],
          setupFiles: ['./test/support/each.ts'],
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          globalSetup: ['./test/support/vectors.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
