// Copy buttons, and messages that can be put away.

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (button) {
    event.preventDefault();
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add('is-done');
    setTimeout(() => button.classList.remove('is-done'), 1500);
    return;
  }
  event.target.closest?.('[data-dismiss]')?.closest('.note')?.remove();
});
