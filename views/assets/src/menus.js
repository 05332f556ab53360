// Menus are <details>: one open at a time, closed by a click elsewhere and by Escape.

function close(except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except) menu.removeAttribute('open');
  }
}

document.addEventListener('click', (event) => close(event.target.closest?.('details.menu')));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.menu[open]');
  if (open) {
    open.removeAttribute('open');
    open.querySelector('summary')?.focus();
  }
});
