/** Whether the environment brings an age identity, as sops looks for it; read without loading what can use it. */
export const isKeyAtHand = (environment: { [name: string]: string | undefined }): boolean =>
  [environment['SOPS_AGE_KEY_FILE'], environment['SOPS_AGE_KEY']].some((one) => (one ?? '') !== '')
