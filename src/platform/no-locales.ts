// Stands in for zod's own words in English and forty other languages: see [alias] in wrangler.toml. Whoever shows a message
// brings our words along (`http/field-messages.ts`, `settings-kinds.ts`).
export default () => ({ localeError: () => 'This cannot be accepted.' })
