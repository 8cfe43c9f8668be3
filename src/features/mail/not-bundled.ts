// Stands in for what the Resend client imports and sending mail never calls: parsing received mail, checking its webhooks,
// rendering React. See [alias] in wrangler.toml.

function absent(): never {
  throw new Error('This part of the Resend client is not bundled.')
}

export class Webhook {
  constructor() {
    absent()
  }
}

export const render = absent

export default { parse: absent }
