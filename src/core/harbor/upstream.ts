/** The many names of Docker Hub: its page, its registry, and what references call it. */
const dockerHub = new Set(['docker.io', 'hub.docker.com', 'registry-1.docker.io', 'index.docker.io'])

/** The registry that an endpoint's URL leads to: its host, with the port where it is not the scheme's own, and its path. Harbor takes a URL without a scheme for http. */
export const upstreamOf = (url: string): string => {
  const whole = url.includes('://') ? url : `http://${url}`
  if (!URL.canParse(whole)) return whole
  const { host, pathname } = new URL(whole)
  return dockerHub.has(host) ? 'docker.io' : `${host}${pathname.replace(/\/+$/, '')}`
}
