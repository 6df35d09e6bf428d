/** A fault at an offset of the text. It never leaves the reader, which makes a problem of it. */
export class YamlFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.name = 'YamlFault'
    this.offset = offset
  }
}
