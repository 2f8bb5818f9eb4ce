/** Something that is to happen at a time of the emulator's clock. */
interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: (atMs: number) => void
}

function before(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order)
}

/** A queue of things to happen, drained by whoever looks at the clock: there are no timers. */
export class Schedule {
  readonly #heap: Entry[] = []
  #order = 0

  /** Adds something to do; equal times run in the order they were added. */
  at(atMs: number, run: (atMs: number) => void): void {
    const heap = this.#heap
    const entry: Entry = { atMs, order: this.#order++, run }
    let index = heap.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as Entry
      if (!before(entry, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  /** Runs everything due until `nowMs`, in order of time, each with the time it was due. */
  advance(nowMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= nowMs; next = this.#heap[0]) {
      this.#pop()
      next.run(next.atMs)
    }
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const right = heap[child + 1]
      if (right !== undefined && before(right, heap[child] as Entry)) child += 1
      const below = heap[child]
      if (below === undefined || !before(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}
