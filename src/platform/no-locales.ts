// Stands in for zod's translations, which nothing here uses: see [alias] in wrangler.toml.
export {}
