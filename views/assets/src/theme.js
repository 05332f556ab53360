// The theme: a form that posts without script; with it the page changes at once and the cookie remembers.

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-theme-form]')) return;
  const theme = event.submitter?.value;
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.bsTheme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax${location.protocol === 'https:' ? ';secure' : ''}`;
  for (const button of form.querySelectorAll('[name="theme"]')) {
    button.setAttribute('aria-pressed', String(button.value === theme));
  }
  form.closest('details')?.removeAttribute('open');
});
