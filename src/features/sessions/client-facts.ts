import type { Client } from '../../kernel/client.ts'
import { requireNetwork } from '../guard/with-budget.ts'
import type { ClientFacts } from './state/messages.ts'

/** The facts of the client that a session stores: shown to its owner, and compared to notice a copied token. */
export const clientFactsOf = ({ address, country, userAgent }: Client): ClientFacts => ({
  address: address ?? '',
  country,
  network: requireNetwork(address).network,
  userAgent: userAgent ?? '',
})
