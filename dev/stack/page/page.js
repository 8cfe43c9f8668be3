// Everything shown came from outside, so it enters the page as text alone; a mail's HTML stays in a sandboxed frame.
const state = document.querySelector('#state')
const lists = {
  mail: { at: document.querySelector('#mail'), source: '/mail.json', key: (mail) => mail.id, show: showMail },
  events: { at: document.querySelector('#events'), source: '/events.json', key: placeOf, show: showEvent },
}
const shown = new Set()

async function refresh() {
  try {
    await Promise.all(Object.values(lists).map(refreshList))
    state.textContent = 'Listening…'
  } catch {
    state.textContent = 'The local stack does not answer.'
  }
  setTimeout(refresh, document.hidden ? 5000 : 1000)
}

async function refreshList({ at, source, key, show }) {
  const answer = await fetch(source)
  for (const item of await answer.json()) {
    const name = `${source} ${key(item)}`
    if (shown.has(name)) continue
    shown.add(name)
    at.prepend(show(item))
  }
}

function showMail(mail) {
  const card = element('li', element('time', new Date(mail.at).toLocaleTimeString()))
  card.append(element('h3', mail.subject), element('p', `to ${mail.to.join(', ')}`), withCodes(mail.text))
  if (mail.html !== '') card.append(asSeen(mail))
  return card
}

function asSeen(mail) {
  const details = element('details', element('summary', 'As the reader sees it'))
  details.addEventListener('toggle', () => {
    if (!details.open || details.querySelector('iframe')) return
    const frame = element('iframe')
    frame.setAttribute('sandbox', 'allow-popups')
    frame.title = mail.subject
    frame.src = `/mail/${encodeURIComponent(mail.id)}`
    details.append(frame)
  })
  return details
}

function showEvent(event) {
  const card = element('li', element('time', new Date(event.at).toLocaleTimeString()))
  card.append(element('h3', event.key ?? '(no key)'), element('p', `${event.topic}, offset ${event.offset}`))
  card.append(element('pre', indented(event.value)))
  for (const header of event.headers) card.append(element('p', `${header.key}: ${header.value}`))
  return card
}

function placeOf(event) {
  return `${event.topic} ${event.partition} ${event.offset}`
}

function withCodes(text) {
  const parts = text.split(/(?<!\d)(\d{6,10})(?!\d)/)
  return element('pre', ...parts.map((part, index) => (index % 2 === 1 ? element('mark', part) : part)))
}

function indented(value) {
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return value
  }
}

function element(name, ...children) {
  const made = document.createElement(name)
  made.append(...children)
  return made
}

refresh()
