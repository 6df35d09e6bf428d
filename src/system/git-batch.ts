const newline = 0x0a

/**
 * What `git cat-file --batch` writes: for each object a line `ID TYPE SIZE`, so many bytes and a line break; for one that is not there
 * a line `ID missing`. Gives the contents by id; those that are missing are left out. Throws where the output is cut short.
 */
export const parseBatch = (output: Uint8Array): Map<string, Uint8Array> => {
  const contents = new Map<string, Uint8Array>()
  let at = 0
  while (at < output.length) {
    const end = output.indexOf(newline, at)
    const [id = '', type, size] = new TextDecoder()
      .decode(output.subarray(at, end < 0 ? undefined : end))
      .split(' ')
    at = end + 1
    if (type === 'missing') continue
    const length = Number(size)
    if (end < 0 || !Number.isSafeInteger(length) || at + length >= output.length)
      throw new Error('git cat-file --batch ended early')
    contents.set(id, output.subarray(at, at + length))
    at += length + 1
  }
  return contents
}
