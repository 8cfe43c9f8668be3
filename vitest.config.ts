import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { outbound } from './test/support/outbound.ts'
import { testSettings } from './test/support/settings.ts'

export default defineConfig({
  test: {
    globalSetup: ['./test/support/global.ts', './test/support/vectors.ts'],
    // One database serves all files, so they take turns.
    fileParallelism: false,
    projects: [
      {
        extends: true,
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
          setupFiles: ['./test/support/each.ts'],
        },
      },
      { extends: true, test: { name: 'node', include: ['test/node/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
})
