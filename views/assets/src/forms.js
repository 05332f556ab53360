// Forms: fields that depend on others, buttons that are not pressed twice, files by drag and drop.

import { onContent } from './htmx.js';

/** The value of a field as its condition compares it: text, or true and false. */
function valueOf(form, name) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((field) => field.type !== 'hidden');
  const [first] = fields;
  if (!first) return undefined;
  if (first.type === 'checkbox' && fields.length === 1) return first.checked;
  if (first.type === 'radio') return fields.find((field) => field.checked)?.value;
  if (first.type === 'number') return Number(first.value);
  return first.value;
}

function depend(form) {
  for (const field of form.querySelectorAll('[data-when-field]')) {
    const wanted = JSON.parse(field.dataset.whenEquals);
    const shown = valueOf(form, field.dataset.whenField) === wanted;
    field.hidden = !shown;
    for (const input of field.querySelectorAll('input, select, textarea')) input.disabled = !shown;
  }
}

onContent((root) => {
  for (const field of root.querySelectorAll('[data-when-field]')) {
    const form = field.closest('form');
    if (form) depend(form);
  }
});

document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (form?.querySelector('[data-when-field]')) depend(form);
});

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit-on-change]')) event.target.form.requestSubmit();
  const name = event.target.closest('.drop')?.querySelector('[data-file-name]');
  if (name && event.target.files?.length) name.textContent = event.target.files[0].name;
  const all = event.target.closest('[data-check-all]');
  if (all) {
    for (const box of document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(all.dataset.checkAll)}"]`)) {
      if (!box.disabled) box.checked = event.target.checked;
    }
  }
});

for (const [name, over] of [['dragover', true], ['dragleave', false], ['drop', false]]) {
  document.addEventListener(name, (event) => event.target.closest?.('.drop')?.classList.toggle('is-over', over));
}

document.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.method !== 'post') return;
  const button = event.submitter;
  // After the form's data was read, since a disabled button would not be part of it.
  if (button) setTimeout(() => (button.disabled = true));
});
// A page that comes back from the browser's cache must be usable again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) for (const button of document.querySelectorAll('button[disabled][type="submit"]')) button.disabled = false;
});
