/** The API groups with `.k8s.io` that Kubernetes itself serves; projects around it have groups of this form, too (`sparkoperator.k8s.io`). */
const own = new Set(
  [
    'admissionregistration',
    'apiextensions',
    'apiregistration',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'internal.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'storagemigration',
  ].map((name) => `${name}.k8s.io`),
)

/** Whether a group is one of Kubernetes itself, whose objects name images in pod specs alone. */
export const isBuiltInGroup = (group: string): boolean => !group.includes('.') || own.has(group)
