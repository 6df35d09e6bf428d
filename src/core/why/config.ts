import { brief, containersOf, containerWords, waitingOf } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** A container that cannot be made or started (kubernetes `pkg/kubelet/container/sync_result.go`, `pkg/kubelet/kuberuntime`). */
const reasons: { [reason: string]: string } = {
  CreateContainerConfigError: 'its configuration is not there',
  CreateContainerError: 'it cannot be made',
  RunContainerError: 'it cannot be started',
  PreStartHookError: 'its hook before the start failed',
  PostStartHookError: 'its hook after the start failed',
  CreatePodSandboxError: 'the network of its Pod cannot be set up',
}

/** A Secret or ConfigMap, or a key in one, that is not there; and other faults of a container's making. */
export const config: WhyRule = {
  name: 'config',
  looksAt: 'pod',
  find: (pod) => {
    for (const container of containersOf(pod)) {
      const { reason, message } = waitingOf(container)
      const meaning = Object.hasOwn(reasons, reason) ? reasons[reason] : undefined
      if (meaning === undefined) continue
      // The same reason stands for what the Pod's own settings forbid.
      const isForbidden = reason === 'CreateContainerConfigError' && /runAs|root/.test(message)
      const words = isForbidden ? 'it may not run like this' : meaning
      return { words: `${containerWords(container)}: ${words}: ${brief(message) || reason}` }
    }
    return undefined
  },
}
