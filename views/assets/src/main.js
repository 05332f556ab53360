// The panel's script. Every page works without it; this makes pages quicker and kinder.

import './htmx.js';
import './bootstrap.js';
import './confirm.js';
import './copy.js';
import './forms.js';
import './frames.js';
import './keys.js';
import './menus.js';
import './theme.js';
import './time.js';

document.documentElement.classList.add('has-script');
