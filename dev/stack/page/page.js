// The server makes the page. This fetches it again and puts in what is new, so that what somebody has opened stays open.
const state = document.querySelector('#state')

async function refresh() {
  try {
    const answer = await fetch(location.href)
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const id of ['mail', 'events']) refreshSection(document.getElementById(id), fresh.getElementById(id))
    refreshKinds(document.getElementById('kind'), fresh.getElementById('kind'))
    state.textContent = 'Listening…'
  } catch {
    state.textContent = 'The local stack does not answer.'
  }
  setTimeout(refresh, document.hidden ? 5000 : 1000)
}

function refreshSection(shown, fresh) {
  const [list, wanted] = [shown.querySelector('ol'), fresh.querySelector('ol')]
  if (!list || !wanted) {
    if (list || wanted) shown.replaceChildren(...fresh.childNodes)
    return
  }
  const cards = [...wanted.children]
  const ids = new Set(cards.map((card) => card.dataset.id))
  for (const card of [...list.children]) if (!ids.delete(card.dataset.id)) card.remove()
  for (const card of cards.reverse()) if (ids.has(card.dataset.id)) list.prepend(card)
  shown.querySelector('.empty')?.remove()
  shown.append(...fresh.querySelectorAll('.empty'))
}

function refreshKinds(shown, fresh) {
  if (shown === document.activeElement || shown.options.length === fresh.options.length) return
  const chosen = shown.value
  shown.replaceChildren(...fresh.childNodes)
  shown.value = chosen
}

refresh()
