/** The lock of a set, as it was found, and what was done to it. Times are RFC 3339, by the holder's clock; '' where they are not known. */
export interface LockState {
  set: string
  /** `free`: nobody holds it. `held`: who does may live. `expired`: it was not renewed in time, and nobody writes it. */
  state: 'free' | 'held' | 'expired'
  holder: string
  since: string
  renewed: string
  /** Whether it was given free now. */
  freed: boolean
}
