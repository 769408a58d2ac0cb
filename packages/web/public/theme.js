// Runs before the first paint so that a chosen theme never flashes; a file of its own because the policy forbids inline scripts.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('muster.theme')
  } catch {
    // storage may be blocked: the system's theme applies
  }
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice
})()
