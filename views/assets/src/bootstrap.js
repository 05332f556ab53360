// The behaviours of Bootstrap's markup that a module's page may use: collapse, tabs, dropdowns, modals, dismissal.

function targetOf(element) {
  const id = (element.dataset.bsTarget || element.getAttribute('href') || '').replace(/^[^#]*#/, '');
  return id ? document.getElementById(id) : null;
}

function toggleModal(modal, show) {
  modal.classList.toggle('show', show);
  modal.classList.toggle('d-block', show);
  modal.toggleAttribute('aria-modal', show);
  document.querySelector('.modal-backdrop')?.remove();
  if (!show) return;
  const backdrop = document.createElement('div');
  backdrop.className = 'modal-backdrop fade show';
  document.body.append(backdrop);
  modal.querySelector('input, select, textarea, button, a[href]')?.focus();
}

const behaviours = {
  collapse(element, target) {
    const shown = target.classList.toggle('show');
    element.classList.toggle('collapsed', !shown);
    element.setAttribute('aria-expanded', String(shown));
  },
  tab(element, target) {
    for (const other of element.closest('.nav, [role="tablist"]')?.querySelectorAll('[data-bs-toggle]') ?? []) {
      other.classList.toggle('active', other === element);
      other.setAttribute('aria-selected', String(other === element));
      targetOf(other)?.classList.toggle('active', other === element);
      targetOf(other)?.classList.toggle('show', other === element);
    }
    target.classList.add('active', 'show');
  },
  modal: (element, target) => toggleModal(target, true),
  offcanvas: (element, target) => toggleModal(target, true),
  dropdown(element) {
    const menu = element.parentElement.querySelector('.dropdown-menu');
    const shown = menu?.classList.toggle('show') ?? false;
    element.setAttribute('aria-expanded', String(shown));
  },
};
behaviours.pill = behaviours.tab;

document.addEventListener('click', (event) => {
  const element = event.target.closest?.('[data-bs-toggle], [data-bs-dismiss]');
  for (const menu of document.querySelectorAll('.dropdown-menu.show')) {
    if (!menu.parentElement.contains(event.target)) menu.classList.remove('show');
  }
  if (!element) return;
  if (element.dataset.bsDismiss) {
    const kind = element.dataset.bsDismiss;
    const found = element.closest(`.${CSS.escape(kind)}`);
    if (found && kind === 'alert') found.remove();
    else if (found) toggleModal(found, false);
    return;
  }
  const act = behaviours[element.dataset.bsToggle];
  const target = targetOf(element);
  if (act && (target || act === behaviours.dropdown)) {
    event.preventDefault();
    act(element, target);
  }
});
document.addEventListener('keydown', (event) => {
  const open = event.key === 'Escape' && document.querySelector('.modal.show');
  if (open) toggleModal(open, false);
});
