import { defineConfig } from 'vitest/config'

/** Apart from the other tests, since real brokers are fetched and started for these. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    hookTimeout: 600_000,
    testTimeout: 180_000,
  },
})
