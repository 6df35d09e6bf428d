import { mapAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** A load balancer has an address where one is asked for; every other Service is ready once it is there. */
export const service: ReadinessRule = {
  kinds: ['Service'],
  readyWhen: 'it is there; of type `LoadBalancer`: it has an address',
  judge: (object) => {
    if (textAt(mapAt(object, 'spec'), 'type') !== 'LoadBalancer') return ready
    const ingress = mapAt(object, 'status', 'loadBalancer')['ingress']
    return Array.isArray(ingress) && ingress.length > 0 ? ready : waiting('its load balancer has no address')
  },
}
