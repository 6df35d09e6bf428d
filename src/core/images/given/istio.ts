import type { ImageRule } from '../rule.ts'

const kind = 'ConfigMap'

/**
 * istiod makes the names of its sidecars of `hub`, `image` and `tag`, which stand at several levels of its values.
 * Source: istio/istio `pkg/kube/inject/template.go` (ProxyImage) and the charts' templates.
 */
export const istio: ImageRule[] = [
  ...['values', 'merged-values'].flatMap((key): ImageRule[] =>
    ['proxy', 'proxy_init'].map((of) => ({
      kind,
      path: `/data/${key}/global/${of}`,
      form: 'map',
      defaults: `/data/${key}/global`,
    })),
  ),
  { kind, path: '/data/merged-values', form: 'map', defaults: '/data/merged-values/global' },
  { kind, path: '/data/original-values/global/hub', form: 'registry' },
]
