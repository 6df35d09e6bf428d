import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 take its dearest compiler only for what is called very often. A run of a second or two is over before that compiler's work is worth
 * it, and costs 7 % more CPU with it; one that reads 50 MB of YAML comes out the same (measured with Node 24).
 */
export const compileLate = (): void => {
  setFlagsFromString('--invocation-count-for-turbofan=100000')
  setFlagsFromString('--invocation-count-for-osr=20000')
}
