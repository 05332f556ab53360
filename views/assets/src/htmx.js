// htmx under the panel's content security policy: markup passes a named Trusted Types policy, and nothing is evaluated.

import htmx from 'htmx.org/dist/htmx.esm.js';

const policy = window.trustedTypes?.createPolicy('caisson', { createHTML: (text) => text }) ?? {
  createHTML: (text) => text,
};

function refuse() {
  throw new Error('Attributes that hold code are not run.');
}

htmx.config.allowEval = false;
htmx.registerExtension('caisson', { init: (api) => api.initSecurity(policy, refuse, refuse) });

/** Calls `ready` for the page and again for each piece that htmx puts in. */
export function onContent(ready) {
  const start = () => ready(document.body);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
  document.addEventListener('htmx:after:swap', () => ready(document.body));
}
