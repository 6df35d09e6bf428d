/** Parts of strings that belong to a find, by string; those of one string do not overlap and are kept in order. */
export class Claims {
  readonly #spans = new Map<string, [start: number, end: number][]>()

  /** Where a span would have to be put: behind all that end before it begins. */
  #indexOf(spans: [number, number][], start: number): number {
    let low = 0
    let high = spans.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((spans[middle]?.[1] ?? 0) <= start) low = middle + 1
      else high = middle
    }
    return low
  }

  isTaken(pointer: string, [start, end]: [number, number]): boolean {
    const spans = this.#spans.get(pointer)
    const next = spans?.[this.#indexOf(spans, start)]
    return next !== undefined && next[0] < end
  }

  take(pointer: string, span: [number, number]): void {
    const spans = this.#spans.get(pointer)
    if (spans === undefined) this.#spans.set(pointer, [span])
    else spans.splice(this.#indexOf(spans, span[0]), 0, span)
  }
}
