// `data-confirm` on a form, button or link: asks first, in the panel's own dialog.

const passed = new WeakSet();

function ask(question, label) {
  const dialog = document.createElement('dialog');
  dialog.className = 'confirm';
  const text = document.createElement('div');
  text.className = 'confirm-in';
  const heading = document.createElement('h2');
  heading.textContent = question;
  text.append(heading);
  const form = document.createElement('form');
  form.method = 'dialog';
  form.className = 'confirm-foot';
  const words = document.body.dataset;
  const no = document.createElement('button');
  no.className = 'btn btn-plain';
  no.value = '';
  no.textContent = words.cancel || 'Cancel';
  const yes = document.createElement('button');
  yes.className = 'btn btn-danger';
  yes.value = 'yes';
  yes.textContent = label || words.confirmYes || 'OK';
  form.append(no, yes);
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

async function guard(event, element, again) {
  if (!element?.dataset.confirm || passed.has(element)) {
    passed.delete(element);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(element.dataset.confirm, element.textContent.trim().slice(0, 40))) {
    passed.add(element);
    again();
  }
}

document.addEventListener('click', (event) => {
  const element = event.target.closest?.('a[data-confirm], button[data-confirm]');
  if (element) guard(event, element, () => element.click());
}, true);
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset?.confirm) guard(event, form, () => form.requestSubmit(event.submitter ?? undefined));
}, true);
