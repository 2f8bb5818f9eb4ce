/**
 * The only script of a page: filter and sort. It reads the text of each row once; the page is complete without it.
 * Holds nothing that was read. A change needs a new {@link SCRIPT_HASH}, which a test names.
 */
export const PAGE_SCRIPT: string = `'use strict'
{
  const table = document.getElementById('machines')
  if (table !== null) {
    const groups = Array.from(table.tBodies, body => ({ body, size: body.rows.length, shown: body.rows.length }))
    const rows = groups.flatMap(({ body }) => Array.from(body.rows)).map((row, at) => {
      const cells = Array.from(row.cells, cell => (cell.querySelector('ul') ?? cell).textContent.toLowerCase())
      return { row, at, cells, text: cells.join(' '), keys: row.dataset.keys.split(' '), shown: true }
    })
    const controls = document.getElementById('controls')
    const filter = document.getElementById('filter')
    const output = document.getElementById('shown')
    const buttons = Array.from(controls.querySelectorAll('button'))
    const noun = count => count.toLocaleString('en') + (count === 1 ? ' machine' : ' machines')
    const settle = () => {
      let at = 0
      for (const group of groups) {
        const end = at + group.size
        let shown = 0
        for (; at < end; at += 1) if (rows[at].shown) shown += 1
        if (shown !== group.shown) {
          group.body.hidden = shown === 0
          group.body.style.containIntrinsicBlockSize = shown === group.size ? '' : shown * 76 + 'px'
        }
        group.shown = shown
      }
    }
    const show = () => {
      const words = filter.value.toLowerCase().split(/\\s+/).filter(word => word !== '')
      const pressed = buttons.filter(button => button.getAttribute('aria-pressed') === 'true')
      const keys = pressed.map(button => button.dataset.key)
      let count = 0
      for (const entry of rows) {
        const fits = words.every(word => entry.text.includes(word))
        const shown = fits && (keys.length === 0 || keys.some(key => entry.keys.includes(key)))
        if (shown) count += 1
        if (shown !== entry.shown) entry.row.hidden = !shown
        entry.shown = shown
      }
      settle()
      output.textContent = count === rows.length ? noun(count) : count.toLocaleString('en') + ' of ' + noun(rows.length)
    }
    filter.addEventListener('input', show)
    for (const button of buttons) {
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
        show()
      })
    }
    const collator = new Intl.Collator('en', { numeric: true })
    const heads = Array.from(table.tHead.rows[0].cells)
    const sort = (head, column) => {
      const before = head.getAttribute('aria-sort')
      const next = before === null ? 'ascending' : before === 'ascending' ? 'descending' : null
      for (const other of heads) other.removeAttribute('aria-sort')
      if (next !== null) head.setAttribute('aria-sort', next)
      const sign = next === 'descending' ? -1 : 1
      const order = (a, b) => sign * collator.compare(a.cells[column], b.cells[column]) || a.at - b.at
      rows.sort(next === null ? (a, b) => a.at - b.at : order)
      let at = 0
      for (const { body, size } of groups) {
        body.append(...rows.slice(at, at + size).map(entry => entry.row))
        at += size
      }
      settle()
    }
    heads.forEach((head, column) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = head.textContent
      button.addEventListener('click', () => sort(head, column))
      head.replaceChildren(button)
    })
    controls.hidden = false
    show()
  }
}
`
/** SHA-256 of {@link PAGE_SCRIPT}, as a Content-Security-Policy names it. */
export const SCRIPT_HASH: string = 'sha256-EJVN5+rfar222/1a8roxJ7Eu7K6TYM4PHYxtXWaHpxA='
