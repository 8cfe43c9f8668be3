import type { Client } from '../../kernel/client.ts'
import { requireNetwork } from '../guard/with-budget.ts'
import type { ClientFacts } from './state/messages.ts'

/** Where a session is used from, as its owner is shown it, and the network by which a copied token is noticed. */
export const clientFactsOf = ({ address, country, userAgent }: Client): ClientFacts => ({
  address: address ?? '',
  country,
  network: requireNetwork(address).network,
  userAgent: userAgent ?? '',
})
